// Sums at memory speed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/dtype.h"

namespace assay::backends::cpu::native {

/// Kernels of Highway's best target.
struct ReadKernels {
  /// Writes the sum of elements of the type, f32 or f64 as kernels::ReadShape::acc says; null where
  /// the type is not computed.
  void (*sum)(const std::byte* from, std::int64_t elements, std::byte* to);
  const char* target;
};

ReadKernels read_kernels(kernels::DataType type);

}  // namespace assay::backends::cpu::native
