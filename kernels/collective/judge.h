// What a rank's output must be, and the check of it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/checking.h"
#include "kernels/collective.h"
#include "kernels/input.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// Reads elements of the whole input from `first` on.
using InputReader = std::function<void(std::int64_t first, Bytes to)>;

/// What all ranks of a problem need to know, computed once.
struct Owed {
  explicit Owed(const Problem& problem);

  Problem problem;
  CollectiveLayout layout;
  bool exact = true;  ///< every sum is exact, whatever the order
  double range = 0;   ///< bound on the magnitude of the output; infinite where unknown

  std::vector<Segment> segments(std::int64_t rank) const;
};

void write_owed(const Owed& owed, std::int64_t rank, const InputReader& read, Bytes output);

Check judge_received(const Owed& owed, std::int64_t rank, const InputReader& read,
                     ConstBytes output, const CheckOptions& options);

}  // namespace assay::kernels
