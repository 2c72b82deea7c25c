// The dimensions and types of the register-resident multiply-add rate.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// a [64, w], b [n / 64, w], c [n] of type acc:
/// c[r * 64 + j] = sum over `steps` of sum over g < w of a[j, g] b[r, g].
struct FmaShape {
  std::int64_t n = 64, steps = 1;
  DataType type = DataType::f32, acc = DataType::f32;
  std::int64_t w = 1;  ///< products per step: 1 for types of 32 and 64 bits, 2 for 16, 4 for 8

  std::int64_t rows() const { return n / kColumns; }
  static constexpr std::int64_t kColumns = 64;
};

FmaShape fma_shape(const Problem& problem);

}  // namespace assay::kernels
