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

/// How the columns of B and C are cut, and the vectors of all blocks side by side.
struct Blocks {
  std::int64_t width, count;
  std::int64_t stride;  // vectors of one block, padded
  std::int64_t all() const { return count * stride; }
};

struct DecodedTile {
  std::vector<double> values, squares;
  std::int64_t depth = 0;
  DecodedTile() : values(static_cast<std::size_t>(kRows * kTileDepth)), squares(values.size()) {}

  void read(const MatrixView& view, IndexSet rows, IndexSet columns) {
    depth = columns.count;
    decode_block(view, rows, columns, values.data(), kTileDepth);
    for (std::int64_t r = 0; r < rows.count; ++r) {
      for (std::int64_t j = 0; j < depth; ++j) {
        const auto at = static_cast<std::size_t>(r * kTileDepth + j);
        squares[at] = values[at] * values[at];
      }
    }
  }
  double sum_of_squares(std::int64_t row) const {
    const double* const first = squares.data() + row * kTileDepth;
    double sum = 0;
    for (std::int64_t j = 0; j < depth; ++j) sum += first[j];
    return sum;
  }
};

template <typename Visit>
void for_each_tile(const MatrixView& view, Visit visit) {
  const std::int64_t blocks = (view.rows + kRows - 1) / kRows;
  tbb::parallel_for(std::int64_t{0}, blocks, [&](std::int64_t block) {
    const IndexSet rows{block * kRows, std::min(kRows, view.rows - block * kRows), nullptr};
    DecodedTile tile;
    for (std::int64_t k = 0; k < view.columns; k += kTileDepth) {
      tile.read(view, rows, {k, std::min(kTileDepth, view.columns - k), nullptr});
      visit(rows, k, tile);
    }
  });
}

Rounding rounding_of(const MatrixView& view) {
  return view.type == DataType::f64 ? Rounding::separate : Rounding::fused;
}

// The products of a matrix with the vectors of all blocks, rows x blocks.all(), and the sums of
// squares of its rows within each block, rows x blocks.count.
struct Projection {
  std::vector<double> products, squares;
};

/// Each block of columns is multiplied by its own vectors alone.
Projection project(const MatrixView& view, const std::vector<double>& signs, const Blocks& blocks) {
  Projection result;
  result.products.assign(static_cast<std::size_t>(view.rows * blocks.all()), 0.0);
  result.squares.assign(static_cast<std::size_t>(view.rows * blocks.count), 0.0);
  for_each_tile(view, [&](IndexSet rows, std::int64_t k, const DecodedTile& tile) {
    const std::int64_t block = k / blocks.width;
    panel_multiply_add(rounding_of(view), rows.count, blocks.stride, tile.depth, tile.values.data(),
                       kTileDepth, signs.data() + k * blocks.stride, blocks.stride,
                       result.products.data() + rows.first * blocks.all() + block * blocks.stride,
                       blocks.all());
    for (std::int64_t r = 0; r < rows.count; ++r) {
      result.squares[static_cast<std::size_t>((rows.first + r) * blocks.count + block)] +=
          tile.sum_of_squares(r);
    }
  });
  return result;
}

/// A times what project() made of B: products as there, and as squares for each row and block
/// either sum over k and j of a_ik^2 b_kj^2, or |a_i|^2 times the sum of b_kj^2.
Projection multiply(const MatrixView& a, const Projection& b, const Blocks& blocks,
                    bool by_squares) {
  Projection result;
  const std::int64_t stride = padded(blocks.count);
  std::vector<double> weights(static_cast<std::size_t>(a.columns * stride), 0.0);
  std::vector<double> sums(static_cast<std::size_t>(blocks.count), 0.0);
  for (std::int64_t k = 0; k < a.columns; ++k) {
    for (std::int64_t i = 0; i < blocks.count; ++i) {
      const double square = b.squares[static_cast<std::size_t>(k * blocks.count + i)];
      weights[static_cast<std::size_t>(k * stride + i)] = square;
      sums[static_cast<std::size_t>(i)] += square;
    }
  }
  std::vector<double> squares(static_cast<std::size_t>(a.rows * stride), 0.0);
  result.products.assign(static_cast<std::size_t>(a.rows * blocks.all()), 0.0);
  for_each_tile(a, [&](IndexSet rows, std::int64_t k, const DecodedTile& tile) {
    panel_multiply_add(rounding_of(a), rows.count, blocks.all(), tile.depth, tile.values.data(),
                       kTileDepth, b.products.data() + k * blocks.all(), blocks.all(),
                       result.products.data() + rows.first * blocks.all(), blocks.all());
    double* const of_rows = squares.data() + rows.first * stride;
    if (by_squares) {
      panel_multiply_add(Rounding::separate, rows.count, stride, tile.depth, tile.squares.data(),
                         kTileDepth, weights.data() + k * stride, stride, of_rows, stride);
      return;
    }
    for (std::int64_t r = 0; r < rows.count; ++r) {
      const double norm = tile.sum_of_squares(r);
      for (std::int64_t i = 0; i < blocks.count; ++i) {
        of_rows[r * stride + i] += norm * sums[static_cast<std::size_t>(i)];
      }
    }
  });
  result.squares.resize(static_cast<std::size_t>(a.rows * blocks.count));
  for (std::int64_t r = 0; r < a.rows; ++r) {
    std::copy_n(squares.data() + r * stride, blocks.count,
                result.squares.data() + r * blocks.count);
  }
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

std::int64_t blocks_of(double n, std::int64_t width) {
  return std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::ceil(n / static_cast<double>(width))));
}

}  // namespace

std::int64_t probed_columns(double m, double n, double k) {
  constexpr double kFinest = 512;
  // With `most` blocks A, B and C together take seven times as long as with one.
  const double most = std::floor(7 + 6 * (k * n + m * n) / (m * k));
  const double blocks = std::clamp(std::ceil(n / kFinest), 1.0, most);
  const auto width = static_cast<std::int64_t>(std::ceil(n / blocks));
  return (width + kTileDepth - 1) / kTileDepth * kTileDepth;
}

double freivalds_flop(double m, double n, double k, std::int64_t width, int probes) {
  const auto blocks = static_cast<double>(blocks_of(n, width));
  return 2 * static_cast<double>(probes) * (m * k * blocks + k * n + m * n);
}

Residuals freivalds(const MatrixView& a, const MatrixView& b, const MatrixView& c,
                    const ElementBound& bound, std::int64_t width, int probes, std::uint64_t seed) {
  probes = std::clamp(probes, 1, 64);
  const auto k = static_cast<double>(a.columns);
  const Blocks blocks{width, blocks_of(static_cast<double>(b.columns), width), padded(probes)};
  const std::vector<double> signs = random_signs(b.columns, probes, blocks.stride, seed);
  const Projection of_b = project(b, signs, blocks);
  const Projection of_ab = multiply(a, of_b, blocks, bound.by_squares);
  const Projection of_c = project(c, signs, blocks);

  Residuals found{width, blocks.count,
                  std::vector<RowResidual>(static_cast<std::size_t>(a.rows * blocks.count))};
  for (std::int64_t i = 0; i < a.rows * blocks.count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const auto n = static_cast<double>(std::min(width, b.columns - i % blocks.count * width));
    // Sums of n and then k terms in FP64, and (|A| |B| |x|)_i <= sqrt(n) |a_i| |B|; by squares the
    // rounding errors of the sums are independent.
    const double arithmetic =
        0x1p-53 * (bound.by_squares ? kDeviations * std::sqrt(n + k) : std::sqrt((n + k) * n));
    const double sizes = std::sqrt(of_ab.squares[at]);
    const double row_bound =
        std::hypot(bound.sums * sizes, bound.rounding * std::sqrt(of_c.squares[at])) +
        std::sqrt(n) * bound.smallest;
    const double total = bound.exact() ? 0 : kDeviations * (row_bound + arithmetic * sizes);
    found.blocks[at] = residual(of_ab.products.data() + i * blocks.stride,
                                of_c.products.data() + i * blocks.stride, probes, total);
  }
  return found;
}

}  // namespace assay::kernels
