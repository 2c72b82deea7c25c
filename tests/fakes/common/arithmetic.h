// The computations of the fake libraries, on the host in FP64, rounded once to the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/dtype.h"

namespace assay::fakes {

/// A matrix in host memory; strides in elements.
struct Matrix {
  kernels::DataType type = kernels::DataType::f32;
  std::byte* data = nullptr;
  std::int64_t rows = 0, columns = 0, row_stride = 0, column_stride = 0;
};

/// Row-major FP64, and back with one rounding.
std::vector<double> decoded(const Matrix& from);
void encode(const std::vector<double>& from, const Matrix& to);

/// to [m, n] += scale a [m, k] b, where b is [k, n], or [n, k] when transposed.
void add_product(const std::vector<double>& a, const std::vector<double>& b,
                 std::vector<double>& to, std::int64_t m, std::int64_t n, std::int64_t k,
                 double scale, bool transposed);

/// C = A B. Sums of 512 products are in f32 where the operands are no wider, and exact of integers.
void multiply(const Matrix& a, const Matrix& b, const Matrix& c);

/// c = alpha a + beta b over n elements, one after the other.
void add_scaled(kernels::DataType type, double alpha, const std::byte* a, double beta,
                const std::byte* b, std::byte* c, std::int64_t n);

/// softmax(scale Q K^T) V for one head: Q [sq, d], K [skv, d], V [skv, dv], O [sq, dv]. Pairs for
/// which `masked(query, key)` holds do not count; it may be empty.
void attend(const Matrix& q, const Matrix& k, const Matrix& v, const Matrix& o, double scale,
            const std::function<bool(std::int64_t, std::int64_t)>& masked);

}  // namespace assay::fakes
