// A kernel with almost no work.
#pragma once

#include <cstdint>

#include "kernels/problem.h"

namespace assay::kernels {

/// a[i] = b[0] + i for i in [0, n), all of type i32: so little work that its
/// time is the launch latency. No sum leaves the range of i32.
struct LaunchShape {
  std::int64_t n = 1;
};

LaunchShape launch_shape(const Problem& problem);

}  // namespace assay::kernels
