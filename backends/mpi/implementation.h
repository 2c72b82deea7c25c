// One routine of MPI's that solves the problems of one operation. A file in implementations/
// defines one constant `const Implementation NAME_implementation`.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "backends/mpi/group.h"
#include "kernels/collective.h"
#include "kernels/problem.h"

namespace assay::backends::mpi {

/// A problem on this rank, with its parts of the operands.
struct Exchange {
  kernels::Problem problem;
  kernels::CollectiveLayout layout;
  const Group& group;
  std::byte* from = nullptr;
  std::byte* to = nullptr;

  std::size_t bytes(std::int64_t elements) const {
    return static_cast<std::size_t>(kernels::bytes_of(layout.type, elements));
  }
};

/// A problem made ready on this rank.
struct Ready {
  std::function<void()> launch;
  std::string routine;  ///< what it calls: "MPI_Allreduce"
};

struct Implementation {
  std::string_view operation;
  /// Empty where it solves the problem, else the reason why not.
  std::string (*why_not)(const kernels::Problem&);
  Ready (*prepare)(const Exchange&);
};

inline constexpr std::string_view kName = "library/mpi";

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::mpi
