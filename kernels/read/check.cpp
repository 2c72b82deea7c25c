#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/checking.h"
#include "kernels/read/shape.h"

namespace assay::kernels {

namespace {

/// Sums of one task.
constexpr std::int64_t kTask = 16;

struct Sum {
  double value = 0, squares = 0;
};

/// Of the segment `index`, in FP64.
Sum sum_of(const ReadShape& s, ConstBytes from, std::int64_t index) {
  constexpr std::int64_t kChunk = 1024;
  std::array<double, kChunk> values;
  const std::int64_t begin = index * ReadShape::kSegment;
  const std::int64_t end = std::min(s.n, begin + ReadShape::kSegment);
  Sum out;
  for (std::int64_t at = begin; at < end; at += kChunk) {
    const std::span part(values.data(), static_cast<std::size_t>(std::min(kChunk, end - at)));
    decode_array(s.type, from.data(), at, part);
    for (const double value : part) {
      out.value += value;
      out.squares += value * value;
    }
  }
  return out;
}

/// Added in any order, the errors of the partial sums are like a random walk (Higham & Mary, A New
/// Approach to Probabilistic Rounding Error Analysis, 2019), as for the products of a matmul. The
/// FP64 reference of FP64 elements has as large errors as the output.
Bound bound(const ReadShape& s, const Sum& sum) {
  constexpr double kElement = 4;
  const double both = s.acc == DataType::f64 ? 2 : 1, u = both * unit_roundoff(s.acc);
  const auto terms = static_cast<double>(std::min(s.n, ReadShape::kSegment));
  const double spread = std::sqrt(sum.squares);
  const double usual = std::sqrt(terms) * u * (spread + std::fabs(sum.value));
  const double rounding = rounding_bound(s.acc, std::fabs(sum.value));
  const double gamma = terms * u / (1 - std::min(0.5, terms * u));
  return {.accept = kElement * usual + rounding,
          .worst = std::max(kElement * usual, gamma * std::sqrt(terms) * spread) + rounding,
          .typical = usual + rounding};
}

}  // namespace

void read_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs) {
  const ReadShape s = read_shape(problem);
  for_each_part({0, s.sums()}, kTask, [&](ElementRange part) {
    for (std::int64_t i = part.first; i < part.last; ++i) {
      const double value = sum_of(s, buffers[0], i).value;
      encode_array(s.acc, {&value, 1}, outputs[0].data(), i);
    }
  });
}

Check read_check(const Problem& problem, std::span<const ConstBytes> buffers,
                 const CheckOptions& options) {
  const ReadShape s = read_shape(problem);
  const bool exact = problem.choice("dist") == "integer";
  const Tally total = tally_of(options.ranges(s.sums()), kTask, [&](ElementRange part) {
    Tally tally;
    for (std::int64_t i = part.first; i < part.last; ++i) {
      const Sum sum = sum_of(s, buffers[0], i);
      std::array<double, 1> got = {};
      decode_array(s.acc, buffers[1].data(), i, got);
      if (exact) {
        judge_exact(s.acc, i, got[0], sum.value, tally);
      } else {
        judge(s.acc, i, got[0], sum.value, bound(s, sum), tally);
      }
    }
    return tally;
  });
  return conclude(total, options.which() + (exact ? ", exact" : " in FP64"), s.acc, buffers[1],
                  [](std::int64_t index) { return fmt::format("sum {}", index); });
}

}  // namespace assay::kernels
