#include "kernels/matmul/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernels/checking.h"
#include "kernels/narrower.h"
#include "kernels/panel.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kRows = 32, kColumns = 64;
constexpr std::int64_t kTile = 16;      // rows and columns looked at around the worst element
constexpr std::int64_t kLongSum = 512;  // terms from which bf16x3 may pass the other tests
constexpr std::int64_t kFewestElements = 256;
constexpr double kClear = 16, kFollows = 0.5;

/// Some rows of A and columns of B in full, and C where they meet, in FP64.
struct Lines {
  std::int64_t rows = 0, columns = 0, depth = 0;
  std::int64_t stride = 0;  // of b and got
  std::vector<double> a, b, got;

  Lines(const Product& product, const std::vector<std::int64_t>& some_rows,
        const std::vector<std::int64_t>& some_columns)
      : rows(static_cast<std::int64_t>(some_rows.size())),
        columns(static_cast<std::int64_t>(some_columns.size())),
        depth(product.a.columns),
        stride(padded(columns)),
        a(static_cast<std::size_t>(rows * depth)),
        b(static_cast<std::size_t>(depth * stride)),
        got(static_cast<std::size_t>(rows * stride)) {
    const IndexSet in_rows = IndexSet::of(some_rows), in_columns = IndexSet::of(some_columns);
    decode_block(product.a, in_rows, IndexSet::all(depth), a.data(), depth);
    decode_block(product.b, IndexSet::all(depth), in_columns, b.data(), stride);
    decode_block(product.c, in_rows, in_columns, got.data(), stride);
  }

  std::vector<double> multiply(const std::vector<double>& left,
                               const std::vector<double>& right) const {
    std::vector<double> values(got.size(), 0.0);
    panel_multiply_add(Rounding::separate, rows, stride, depth, left.data(), depth, right.data(),
                       stride, values.data(), stride);
    return values;
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (std::int64_t r = 0; r < rows; ++r) {
      for (std::int64_t c = 0; c < columns; ++c) {
        visit(static_cast<std::size_t>(r * stride + c), r, c);
      }
    }
  }
};

/// Euclidean norms of the rows of A and the columns of B.
struct Norms {
  std::vector<double> a, b;

  explicit Norms(const Lines& lines)
      : a(static_cast<std::size_t>(lines.rows)), b(static_cast<std::size_t>(lines.columns)) {
    for (std::int64_t k = 0; k < lines.depth; ++k) {
      for (std::size_t r = 0; r < a.size(); ++r) {
        const double x =
            lines.a[r * static_cast<std::size_t>(lines.depth) + static_cast<std::size_t>(k)];
        a[r] += x * x;
      }
      for (std::size_t c = 0; c < b.size(); ++c) {
        const double x = lines.b[static_cast<std::size_t>(k * lines.stride) + c];
        b[c] += x * x;
      }
    }
    for (double& norm : a) norm = std::sqrt(norm);
    for (double& norm : b) norm = std::sqrt(norm);
  }
  double of(std::int64_t r, std::int64_t c) const {
    return a[static_cast<std::size_t>(r)] * b[static_cast<std::size_t>(c)] + 1e-300;
  }
};

std::vector<std::int64_t> some_of(std::int64_t extent, std::int64_t count, std::int64_t around,
                                  Draws& draws) {
  std::set<std::int64_t> chosen;
  insert_one_of_each_run(extent, count, draws, chosen);
  if (around >= 0) {
    const std::int64_t first = around / kTile * kTile;
    for (std::int64_t i = first; i < std::min(extent, first + kTile); ++i) chosen.insert(i);
  }
  return {chosen.begin(), chosen.end()};
}

/// The columns of B one after the other, so that each is a vector.
std::vector<double> transpose(const std::vector<double>& from, std::int64_t rows,
                              std::int64_t columns) {
  std::vector<double> to(from.size());
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      to[static_cast<std::size_t>(c * rows + r)] = from[static_cast<std::size_t>(r * columns + c)];
    }
  }
  return to;
}

void narrow_lines(const NarrowInputs& inputs, std::vector<double>& lines, std::int64_t length,
                  double largest) {
  for (std::size_t at = 0; at < lines.size(); at += static_cast<std::size_t>(length)) {
    narrow_vector(inputs, std::span(lines).subspan(at, static_cast<std::size_t>(length)), largest);
  }
}

/// A value as the sum of two of bf16, and what they leave.
struct Split {
  std::vector<double> both, low;

  explicit Split(const std::vector<double>& values) : both(values.size()), low(values.size()) {
    const auto bf16 = [](double x) { return decode(DataType::bf16, encode(DataType::bf16, x)); };
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double high = bf16(values[i]);
      low[i] = bf16(values[i] - high);
      both[i] = high + low[i];
    }
  }
};

/// high high + high low + low high
std::vector<double> three_products(const Lines& lines) {
  const Split a(lines.a), b(lines.b);
  std::vector<double> values = lines.multiply(a.both, b.both);
  const std::vector<double> left_out = lines.multiply(a.low, b.low);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= left_out[i];
  return values;
}

/// Magnitudes in the whole operands, which may share a scale.
struct Largest {
  double a, b;

  explicit Largest(const Product& product) : a(of(product.a)), b(of(product.b)) {}
  static double of(const MatrixView& view) {
    const auto bytes = static_cast<std::int64_t>(view.array.size());
    return largest_magnitude(view.type, view.array, count_in(view.type, bytes));
  }
};

std::string agreement(const ProductSet& set, const Largest& largest, const Lines& lines,
                      double share) {
  const std::vector<double> exact = lines.multiply(lines.a, lines.b);
  const Norms norms(lines);
  Explanations explanations;
  std::size_t candidate = 0;
  const auto weigh = [&](std::string name, const std::vector<double>& narrow) {
    explanations.name(candidate, std::move(name));
    lines.for_each([&](std::size_t i, std::int64_t r, std::int64_t c) {
      explanations.add(candidate, lines.got[i], exact[i], narrow[i], norms.of(r, c));
    });
    ++candidate;
  };
  if (set.shape.a == DataType::f32) weigh("three products of bf16", three_products(lines));
  std::vector<NarrowInputs> candidates(narrower_than(set.shape.a).begin(),
                                       narrower_than(set.shape.a).end());
  if (set.shape.b != set.shape.a) {
    // What a wider A holds exactly is the same rounded: weights alone may have been.
    const auto of_b = narrower_than(set.shape.b);
    candidates.insert(candidates.end(), of_b.begin(), of_b.end());
  }
  for (const NarrowInputs& inputs : candidates) {
    std::vector<double> a = lines.a, b = transpose(lines.b, lines.depth, lines.stride);
    narrow_lines(inputs, a, lines.depth, largest.a);
    narrow_lines(inputs, b, lines.depth, largest.b);
    weigh(fmt::format("{} inputs", inputs.name),
          lines.multiply(a, transpose(b, lines.stride, lines.depth)));
  }
  std::string text = explanations.best(share);
  if (text.empty()) text = narrow_output(set.shape.c, lines.got);
  return text;
}

/// How the errors follow those of three products of bf16.
struct Following {
  double slope = 0, deviations = 0;  ///< 1 or 0; how many standard deviations apart these are
};

Following follow(const Lines& lines) {
  const std::vector<double> exact = lines.multiply(lines.a, lines.b), three = three_products(lines);
  const Norms norms(lines);
  double along = 0, predicted = 0, errors = 0, count = 0;
  lines.for_each([&](std::size_t i, std::int64_t r, std::int64_t c) {
    const double e = (lines.got[i] - exact[i]) / norms.of(r, c);
    const double d = (three[i] - exact[i]) / norms.of(r, c);
    if (!std::isfinite(e) || !std::isfinite(d)) return;
    along += e * d;
    predicted += d * d;
    errors += e * e;
    ++count;
  });
  if (count < kFewestElements || predicted == 0) return {};
  const double slope = along / predicted;
  const double rest = std::max(0.0, errors - slope * along) / count;
  return {slope, rest > 0 ? std::sqrt(predicted / rest) : kBeyondAnyBound};
}

}  // namespace

void judge_inputs(const ProductSet& set, std::int64_t worst_at, std::uint64_t seed, Check& check) {
  const bool long_f32 = set.shape.a == DataType::f32 && set.shape.k >= kLongSum;
  if (check.outcome == Outcome::right && !long_f32) return;
  const auto rows = [](const Product& product) { return product.c.rows; };
  const Product* product =
      &*std::max_element(set.products.begin(), set.products.end(),
                         [&](const Product& x, const Product& y) { return rows(x) < rows(y); });
  std::int64_t row = -1, column = -1;
  if (check.outcome != Outcome::right && worst_at >= 0) {
    const std::int64_t of_all = worst_at / set.shape.n;
    product = &*std::find_if(set.products.begin(), set.products.end(), [&](const Product& one) {
      return of_all < one.first_row + one.c.rows;
    });
    row = of_all - product->first_row;
    column = worst_at % set.shape.n;
  }
  Draws draws{seed ^ 0x51ed2701f5a3c9b1u};
  const Lines lines(*product, some_of(rows(*product), kRows, row, draws),
                    some_of(set.shape.n, kColumns, column, draws));
  if (check.outcome != Outcome::right) {
    const Largest largest(*product);
    std::string found = agreement(set, largest, lines, kShareOfMany);
    if (found.empty() && row >= 0) {  // one tile alone may be narrower
      found = agreement(set, largest,
                        {*product, some_of(rows(*product), 0, row, draws),
                         some_of(set.shape.n, 0, column, draws)},
                        kShareOfTile);
    }
    if (!found.empty()) check.where += "; " + found;
    return;
  }
  const Following following = follow(lines);
  if (following.deviations < kClear || following.slope < kFollows) return;
  worsen(
      check, Outcome::suspicious, 1 + following.slope,
      fmt::format("everywhere: the errors are {:.2f} of those of three products of bf16 in place "
                  "of one of f32; agrees with three products of bf16",
                  following.slope));
}

}  // namespace assay::kernels
