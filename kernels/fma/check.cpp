#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/checking.h"
#include "kernels/fma/shape.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kChunk = 1024 * FmaShape::kColumns;

struct Sums {
  double value = 0, size = 0;
};

/// Both factors decoded. A sum of `steps` equal terms is computed as a product.
struct Factors {
  FmaShape shape;
  std::vector<double> a, b;

  Factors(const FmaShape& s, std::span<const ConstBytes> buffers)
      : shape(s),
        a(static_cast<std::size_t>(FmaShape::kColumns * s.w)),
        b(static_cast<std::size_t>(s.rows() * s.w)) {
    decode_array(s.type, buffers[0].data(), 0, a);
    decode_array(s.type, buffers[1].data(), 0, b);
  }

  Sums at(std::int64_t row, std::int64_t column) const {
    Sums sums;
    for (std::int64_t g = 0; g < shape.w; ++g) {
      const double product = a[static_cast<std::size_t>(column * shape.w + g)] *
                             b[static_cast<std::size_t>(row * shape.w + g)];
      sums.value += product;
      sums.size += std::fabs(product);
    }
    const auto steps = static_cast<double>(shape.steps);
    return {sums.value * steps, sums.size * steps};
  }
};

/// Adding the same terms repeatedly makes the same error each time, so only the worst-case bound
/// gamma_K |a||b|, K = steps * w, applies; FP64 sums contain the error of the reference too.
Bound bound(const FmaShape& s, const Sums& sums) {
  const double terms = static_cast<double>(s.steps) * static_cast<double>(s.w) + 1;
  const double u = unit_roundoff(s.acc);
  const double accept = terms * u / (1 - std::min(0.5, terms * u)) * sums.size +
                        rounding_bound(s.acc, std::fabs(sums.value));
  return {accept, accept};
}

Tally compare(const Factors& factors, bool exact, const std::byte* output, ElementRange range) {
  const FmaShape& s = factors.shape;
  Tally tally;
  std::array<double, FmaShape::kColumns> got;
  for (std::int64_t first = range.first; first < range.last; first += FmaShape::kColumns) {
    const std::int64_t count = std::min(FmaShape::kColumns, range.last - first);
    decode_array(s.acc, output, first, std::span(got.data(), static_cast<std::size_t>(count)));
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t index = first + i;
      const Sums sums = factors.at(index / FmaShape::kColumns, index % FmaShape::kColumns);
      const double value = got[static_cast<std::size_t>(i)];
      if (exact) {
        judge_exact(s.acc, index, value, sums.value, tally);
      } else {
        judge(s.acc, index, value, sums.value, bound(s, sums), tally);
      }
    }
  }
  return tally;
}

}  // namespace

void fma_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                   std::span<const Bytes> outputs) {
  const Factors factors(fma_shape(problem), buffers);
  const FmaShape& s = factors.shape;
  for_each_part({0, s.n}, kChunk, [&](ElementRange range) {
    std::array<double, FmaShape::kColumns> sums;
    for (std::int64_t row = range.first / FmaShape::kColumns; row < range.last / FmaShape::kColumns;
         ++row) {
      for (std::int64_t column = 0; column < FmaShape::kColumns; ++column) {
        sums[static_cast<std::size_t>(column)] = factors.at(row, column).value;
      }
      encode_array(s.acc, sums, outputs[0].data(), row * FmaShape::kColumns);
    }
  });
}

Check fma_check(const Problem& problem, std::span<const ConstBytes> buffers,
                const CheckOptions& options) {
  const Factors factors(fma_shape(problem), buffers);
  const FmaShape& s = factors.shape;
  const bool exact = problem.choice("dist") == "integer" || is_integer(s.type);
  const Tally total = tally_of(options.ranges(s.n), kChunk, [&](ElementRange part) {
    return compare(factors, exact, buffers[2].data(), part);
  });
  return conclude(total, options.which() + (exact ? ", exact" : " in FP64"), s.acc, buffers[2],
                  [](std::int64_t index) {
                    return fmt::format("row {}, column {}", index / FmaShape::kColumns,
                                       index % FmaShape::kColumns);
                  });
}

}  // namespace assay::kernels
