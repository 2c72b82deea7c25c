#include "tests/fakes/common/arithmetic.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace assay::fakes {
namespace {

/// Row-major FP64.
std::vector<double> decoded(const Matrix& from) {
  std::vector<double> to(static_cast<std::size_t>(from.rows * from.columns));
  for (std::int64_t r = 0; r < from.rows; ++r) {
    double* const row = to.data() + r * from.columns;
    if (from.column_stride == 1) {
      kernels::decode_array(from.type, from.data, r * from.row_stride,
                            {row, static_cast<std::size_t>(from.columns)});
      continue;
    }
    for (std::int64_t c = 0; c < from.columns; ++c) {
      row[c] = kernels::load(from.type, from.data, r * from.row_stride + c * from.column_stride);
    }
  }
  return to;
}

void encode(const std::vector<double>& from, const Matrix& to) {
  for (std::int64_t r = 0; r < to.rows; ++r) {
    const double* const row = from.data() + r * to.columns;
    if (to.column_stride == 1) {
      kernels::encode_array(to.type, {row, static_cast<std::size_t>(to.columns)}, to.data,
                            r * to.row_stride);
      continue;
    }
    for (std::int64_t c = 0; c < to.columns; ++c) {
      kernels::store(to.type, to.data, r * to.row_stride + c * to.column_stride, row[c]);
    }
  }
}

/// to [m, n] += scale a [m, k] b, where b is [k, n], or [n, k] when transposed.
void add_product(const std::vector<double>& a, const std::vector<double>& b,
                 std::vector<double>& to, std::int64_t m, std::int64_t n, std::int64_t k,
                 double scale, bool transposed) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans,
              static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), scale, a.data(),
              static_cast<int>(k), b.data(), static_cast<int>(transposed ? k : n), 1.0, to.data(),
              static_cast<int>(n));
}

void softmax(std::span<double> row) {
  const double top = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - top);
  for (double& value : row) value /= sum;
}

}  // namespace

void multiply(const Matrix& a, const Matrix& b, const Matrix& c) {
  // In panels, so that a large operand is never decoded as a whole.
  constexpr std::int64_t kPanel = 512;
  std::vector<double> out(static_cast<std::size_t>(c.rows * c.columns));
  for (std::int64_t first = 0; first < a.columns; first += kPanel) {
    const std::int64_t depth = std::min(kPanel, a.columns - first);
    Matrix left = a, right = b;
    left.columns = right.rows = depth;
    const auto size = static_cast<std::int64_t>(kernels::size_of(a.type));
    left.data += first * a.column_stride * size;
    right.data += first * b.row_stride * size;
    add_product(decoded(left), decoded(right), out, c.rows, c.columns, depth, 1.0, false);
  }
  encode(out, c);
}

void add_scaled(kernels::DataType type, double alpha, const std::byte* a, double beta,
                const std::byte* b, std::byte* c, std::int64_t n) {
  constexpr std::int64_t kPiece = 4096;
  std::vector<double> left(kPiece), right(kPiece);
  for (std::int64_t first = 0; first < n; first += kPiece) {
    const auto count = static_cast<std::size_t>(std::min(kPiece, n - first));
    kernels::decode_array(type, a, first, std::span(left).first(count));
    kernels::decode_array(type, b, first, std::span(right).first(count));
    for (std::size_t i = 0; i < count; ++i) left[i] = alpha * left[i] + beta * right[i];
    kernels::encode_array(type, std::span(left).first(count), c, first);
  }
}

void attend(const Matrix& q, const Matrix& k, const Matrix& v, const Matrix& o, double scale,
            const std::function<bool(std::int64_t, std::int64_t)>& masked) {
  std::vector<double> scores(static_cast<std::size_t>(q.rows * k.rows));
  add_product(decoded(q), decoded(k), scores, q.rows, k.rows, q.columns, scale, true);
  for (std::int64_t i = 0; i < q.rows; ++i) {
    const auto row = std::span(scores).subspan(static_cast<std::size_t>(i * k.rows),
                                               static_cast<std::size_t>(k.rows));
    for (std::int64_t j = 0; masked && j < k.rows; ++j) {
      if (masked(i, j)) row[static_cast<std::size_t>(j)] = -std::numeric_limits<double>::infinity();
    }
    softmax(row);
  }
  std::vector<double> out(static_cast<std::size_t>(o.rows * o.columns));
  add_product(scores, decoded(v), out, o.rows, o.columns, k.rows, 1.0, false);
  encode(out, o);
}

}  // namespace assay::fakes
