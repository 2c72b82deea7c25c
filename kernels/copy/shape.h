// The size and type of the memory kernels: copy a = b, triad a = b + 3 c.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// Arrays of n elements each.
struct StreamShape {
  std::int64_t n = 1;
  DataType type = DataType::f32;
};

/// Of a copy or a triad.
StreamShape stream_shape(const Problem& problem);

/// The same arrays as bytes, for code that moves them without looking at elements.
inline StreamShape as_bytes(const StreamShape& shape) {
  return {bytes_of(shape.type, shape.n), DataType::i8};
}

/// Of a copy or a transfer: b (input) and a (output), n elements each.
std::vector<Operand> copy_operands(const Problem& problem);

}  // namespace assay::kernels
