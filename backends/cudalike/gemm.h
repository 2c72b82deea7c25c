// A matmul as a column-major GEMM. Row-major C = A B is column-major C' = B' A' on the same bytes,
// so our B comes first, C has n rows and nothing is transposed that was not before.
#pragma once

#include <cstdint>
#include <string>

#include "backends/cudalike/dialect.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cudalike {

struct GemmTypes {
  int a = -1, b = -1, c = -1;  ///< of the operands as we name them
  int compute = -1;
  int scale = -1;  ///< of alpha and beta
};

struct Gemm {
  int first_operation = 0, second_operation = 0;                        ///< of our B, of our A
  std::int64_t rows = 0, columns = 0, depth = 0;                        ///< n, m, k
  std::int64_t first_stride = 0, second_stride = 0, result_stride = 0;  ///< leading dimensions
  GemmTypes types;
};

/// Of products of 8-bit floats, where the library offers both.
enum class Accumulation { precise, fast };

/// One and zero in the type that a compute type takes.
struct Scalars {
  float f32[2] = {1, 0};
  double f64[2] = {1, 0};
  std::int32_t i32[2] = {1, 0};

  const void* one(const BlasNumbers& numbers, int compute) const { return at(numbers, compute, 0); }
  const void* zero(const BlasNumbers& numbers, int compute) const {
    return at(numbers, compute, 1);
  }

 private:
  const void* at(const BlasNumbers& numbers, int compute, int index) const;
};

/// A type's number in the BLAS; -1 where it has none.
int blas_type(const BlasNumbers& numbers, kernels::DataType type);
/// Strictly what the problem says: f32 is never computed in tf32.
GemmTypes gemm_types(const BlasNumbers& numbers, const kernels::MatmulShape& shape);
Gemm gemm(const BlasNumbers& numbers, const kernels::MatmulShape& shape);

/// Why products with block scales are left to others; empty where there are none. What a device
/// computes says nothing of them: libraries take scales in layouts of their own (cuBLAS, "1D Block
/// Scaling Factors Layout": tiles of 128 x 4).
std::string why_no_scales(const kernels::MatmulShape& shape);

/// Why the BLAS cannot be called; empty where it can.
std::string why_no_gemm(const Dialect& dialect, const kernels::MatmulShape& shape);

/// Variables that change what the library computes or chooses, as "NAME=value".
std::string blas_environment();

}  // namespace assay::backends::cudalike
