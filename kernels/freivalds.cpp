#include "kernels/freivalds.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>

namespace assay::kernels {

namespace {

constexpr std::int64_t kRows = 128;
constexpr std::int64_t kTileDepth = 256;
constexpr double kDeviations = 6;

// `probes` random signs per row, padded with zeros.
std::vector<double> random_signs(std::int64_t rows, int probes, std::int64_t stride,
                                 std::uint64_t seed) {
  std::vector<double> signs(static_cast<std::size_t>(rows * stride), 0.0);
  Draws draws{seed};
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::uint64_t bits = draws.next();
    for (int p = 0; p < probes; ++p) {
      signs[static_cast<std::size_t>(i * stride + p)] = (bits >> p & 1) != 0 ? 1.0 : -1.0;
    }
  }
  return signs;
}

// products = view * right at rows [first, first + count); adds each row's squares to `squares`.
void multiply_rows(const MatrixView& view, IndexSet rows, const std::vector<double>& right,
                   std::int64_t stride, double* products, double* squares) {
  std::vector<double> tile(static_cast<std::size_t>(kRows * kTileDepth));
  const Rounding rounding = view.type == DataType::f64 ? Rounding::separate : Rounding::fused;
  for (std::int64_t k = 0; k < view.columns; k += kTileDepth) {
    const IndexSet depth{k, std::min(kTileDepth, view.columns - k), nullptr};
    decode_block(view, rows, depth, tile.data(), kTileDepth);
    panel_multiply_add(rounding, rows.count, stride, depth.count, tile.data(), kTileDepth,
                       right.data() + k * stride, stride, products, stride);
    for (std::int64_t r = 0; r < rows.count; ++r) {
      for (std::int64_t j = 0; j < depth.count; ++j) {
        const double value = tile[static_cast<std::size_t>(r * kTileDepth + j)];
        squares[r] += value * value;
      }
    }
  }
}

// The product of a whole matrix with `right`, and the squares of its rows' norms.
struct Projection {
  std::vector<double> products, squares;
};

Projection project(const MatrixView& view, const std::vector<double>& right, std::int64_t stride) {
  Projection result;
  result.products.assign(static_cast<std::size_t>(view.rows * stride), 0.0);
  result.squares.assign(static_cast<std::size_t>(view.rows), 0.0);
  const std::int64_t blocks = (view.rows + kRows - 1) / kRows;
  tbb::parallel_for(std::int64_t{0}, blocks, [&](std::int64_t block) {
    const std::int64_t first = block * kRows;
    const IndexSet rows{first, std::min(kRows, view.rows - first), nullptr};
    multiply_rows(view, rows, right, stride, result.products.data() + first * stride,
                  result.squares.data() + first);
  });
  return result;
}

RowResidual residual(const double* left, const double* right, int probes, double bound) {
  RowResidual row;
  double squares = 0;
  for (int p = 0; p < probes; ++p) {
    const double difference = std::fabs(left[p] - right[p]);
    double multiple = difference == 0 ? 0 : difference / bound;
    if (!(multiple < kBeyondAnyBound)) multiple = kBeyondAnyBound;
    row.largest = std::max(row.largest, multiple);
    squares += multiple * multiple / probes;
  }
  row.mean = std::min(std::sqrt(squares), kBeyondAnyBound);
  return row;
}

}  // namespace

double freivalds_flop(double m, double n, double k, int probes) {
  return 2 * static_cast<double>(probes) * (m * k + k * n + m * n);
}

std::vector<RowResidual> freivalds(const MatrixView& a, const MatrixView& b, const MatrixView& c,
                                   const ElementBound& bound, int probes, std::uint64_t seed) {
  probes = std::clamp(probes, 1, 64);
  const std::int64_t stride = padded(probes);
  const std::vector<double> signs = random_signs(b.columns, probes, stride, seed);
  const Projection of_b = project(b, signs, stride);
  const Projection of_ab = project(a, of_b.products, stride);
  const Projection of_c = project(c, signs, stride);

  double b_squares = 0;
  for (const double squares : of_b.squares) b_squares += squares;
  const auto n = static_cast<double>(b.columns), k = static_cast<double>(a.columns);
  // Sums of n and then k terms in FP64, and (|A| |B| |x|)_i <= sqrt(n) |a_i| |B|.
  const double arithmetic = 0x1p-53 * std::sqrt((n + k) * n);
  std::vector<RowResidual> rows(static_cast<std::size_t>(a.rows));
  for (std::int64_t i = 0; i < a.rows; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const double sizes = std::sqrt(of_ab.squares[at] * b_squares);
    const double row_bound =
        std::hypot(bound.sums * sizes, bound.rounding * std::sqrt(of_c.squares[at])) +
        std::sqrt(n) * bound.smallest;
    const double total = bound.exact() ? 0 : kDeviations * (row_bound + arithmetic * sizes);
    rows[at] = residual(of_ab.products.data() + i * stride, of_c.products.data() + i * stride,
                        probes, total);
  }
  return rows;
}

}  // namespace assay::kernels
