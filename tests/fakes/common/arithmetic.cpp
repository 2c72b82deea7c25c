#include "tests/fakes/common/arithmetic.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace assay::fakes {

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

void add_product(const std::vector<double>& a, const std::vector<double>& b,
                 std::vector<double>& to, std::int64_t m, std::int64_t n, std::int64_t k,
                 double scale, bool transposed) {
  cblas_dgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans,
              static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), scale, a.data(),
              static_cast<int>(k), b.data(), static_cast<int>(transposed ? k : n), 1.0, to.data(),
              static_cast<int>(n));
}

namespace {

bool f32_has(kernels::DataType type) {
  return type == kernels::DataType::f32 || kernels::bits_of(type) < 32;
}

/// A matrix in f32, along what lies side by side.
struct Panel {
  std::vector<float> values;
  std::vector<double> line;
  bool by_columns = false;

  void decode(const Matrix& from) {
    by_columns = from.column_stride != 1 && from.row_stride == 1;
    const std::int64_t lines = by_columns ? from.columns : from.rows, length = this->length(from);
    values.resize(static_cast<std::size_t>(lines * length));
    line.resize(static_cast<std::size_t>(length));
    float* to = values.data();
    for (std::int64_t i = 0; i < lines; ++i) {
      const std::int64_t at = i * (by_columns ? from.column_stride : from.row_stride);
      if (by_columns || from.column_stride == 1) {
        kernels::decode_array(from.type, from.data, at, line);
      } else {
        for (std::int64_t c = 0; c < length; ++c) {
          line[static_cast<std::size_t>(c)] =
              kernels::load(from.type, from.data, at + c * from.column_stride);
        }
      }
      to = std::transform(line.begin(), line.end(), to,
                          [](double value) { return static_cast<float>(value); });
    }
  }
  std::int64_t length(const Matrix& from) const { return by_columns ? from.rows : from.columns; }
};

/// Each element's sum over this panel, in f32.
void multiply_panel(const Matrix& a, const Matrix& b, std::vector<float>& sums) {
  static thread_local Panel left, right;
  left.decode(a);
  right.decode(b);
  sums.resize(static_cast<std::size_t>(a.rows * b.columns));
  cblas_sgemm(CblasRowMajor, left.by_columns ? CblasTrans : CblasNoTrans,
              right.by_columns ? CblasTrans : CblasNoTrans, static_cast<int>(a.rows),
              static_cast<int>(b.columns), static_cast<int>(a.columns), 1.0F, left.values.data(),
              static_cast<int>(left.length(a)), right.values.data(),
              static_cast<int>(right.length(b)), 0.0F, sums.data(), static_cast<int>(b.columns));
}

void softmax(std::span<double> row) {
  const double top = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - top);
  for (double& value : row) value /= sum;
}

}  // namespace

void multiply(const Matrix& a, const Matrix& b, const Matrix& c) {
  // In panels, so that a large operand is never decoded as a whole, and that f32 holds each whole
  // number that a panel of 8-bit products sums up to.
  constexpr std::int64_t kPanel = 512;
  const bool narrow = f32_has(a.type) && f32_has(b.type);
  static thread_local std::vector<double> out;
  static thread_local std::vector<float> sums;
  out.assign(static_cast<std::size_t>(c.rows * c.columns), 0);
  for (std::int64_t first = 0; first < a.columns; first += kPanel) {
    const std::int64_t depth = std::min(kPanel, a.columns - first);
    Matrix left = a, right = b;
    left.columns = right.rows = depth;
    const auto size = kernels::bytes_of(a.type, 1);
    left.data += first * a.column_stride * size;
    right.data += first * b.row_stride * size;
    if (!narrow) {
      add_product(decoded(left), decoded(right), out, c.rows, c.columns, depth, 1.0, false);
      continue;
    }
    multiply_panel(left, right, sums);
    for (std::size_t i = 0; i < sums.size(); ++i) out[i] += static_cast<double>(sums[i]);
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
