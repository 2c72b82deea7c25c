// What a rank's output must be, and whether it is.
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

/// What is asked of a problem once for all ranks.
struct Owed {
  explicit Owed(const Problem& problem);

  Problem problem;
  CollectiveLayout layout;
  bool exact = true;  ///< every sum is exact in any order
  double range = 0;   ///< no element of the output is further from 0; infinite where unknown

  std::vector<Segment> segments(std::int64_t rank) const;
};

void write_owed(const Owed& owed, std::int64_t rank, const InputReader& read, Bytes output);

Check judge_received(const Owed& owed, std::int64_t rank, const InputReader& read,
                     ConstBytes output, const CheckOptions& options);

}  // namespace assay::kernels
