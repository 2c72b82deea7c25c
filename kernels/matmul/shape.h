// The dimensions and types of a matmul: C[batch] = A[batch] B[batch].
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// C is m x n, A m x k, B k x n, all row-major and dense, `batch` of each one after the other.
/// A transposed operand is stored transposed: A as k x m, B as n x k.
struct MatmulShape {
  std::int64_t m = 1, n = 1, k = 1, batch = 1;
  DataType a = DataType::f32, b = DataType::f32, c = DataType::f32, acc = DataType::f32;
  bool transpose_a = false, transpose_b = false;
};

MatmulShape matmul_shape(const Problem& problem);

}  // namespace assay::kernels
