// The size and type of the memory kernels: copy a = b, triad a = b + 3 c.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// Arrays of n elements each.
struct StreamShape {
  std::int64_t n = 1;
  DataType type = DataType::f32;
};

/// Of a copy or a triad.
StreamShape stream_shape(const Problem& problem);

}  // namespace assay::kernels
