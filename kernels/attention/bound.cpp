#include "kernels/attention/bound.h"

#include <algorithm>
#include <cmath>

namespace assay::kernels {

namespace {

constexpr double kAccumulator = 0x1p-24;
constexpr double kTypical = 0.6;
constexpr double kTypicalElement = 12;

double likely(double terms) {
  return std::min(terms, 8 * std::sqrt(terms));
}

/// A masked key's weight may be the smallest normal f32 instead of 0, where a kernel's exp does not
/// go below it; values of 128 are far larger than any distribution draws.
double masked_weights(const AttentionShape& s) {
  return static_cast<double>(s.skv) * 0x1p-126 * 128;
}

/// How much a score may be off where it is capped, as a share of it: tanh.approx of NVIDIA's GPUs
/// (PTX ISA: relative error 2^-11), which kernels for 16-bit types use; else a few roundings.
double capping_error(const AttentionShape& s) {
  if (s.softcap == 0) return 0;
  return s.type == DataType::f32 ? 16 * kAccumulator : 0x1p-11;
}

struct Growth {
  double scores, keys, weights;
};

double bound(const AttentionShape& s, const AttentionRow& row, std::size_t column,
             const Growth& growth) {
  const double value = std::fabs(row.value[column]), most = row.largest_values[column];
  const double t = unit_roundoff(s.type);
  const double capped = std::min(row.largest_score, static_cast<double>(s.softcap));
  const double scores = (growth.scores + 8) * kAccumulator * std::max(row.largest_score, row.sink) +
                        8 * kAccumulator + capping_error(s) * capped;
  const double sums = (growth.keys + 8) * kAccumulator;
  const double weights =
      t * (most * growth.weights + value) + growth.keys * smallest_subnormal(s.type) * most;
  return (scores + sums) * (most + value) + weights + masked_weights(s) +
         rounding_bound(s.type, value);
}

double typical(const AttentionShape& s, const AttentionRow& row, std::size_t column) {
  const double t = unit_roundoff(s.type), n = static_cast<double>(row.visible);
  const double square = row.mean_squares[column];
  // The row's sum of p^2 |v|^2, shared out as the columns' sums of v^2 are.
  const double spread =
      square > 0 ? std::sqrt(row.weighted_squares * square / row.sum_of_means) : 0;
  const double scores = std::sqrt(static_cast<double>(s.d)) * row.typical_score;
  // Where a few keys have all the weight, their scores' errors are common to all columns and do not
  // average out.
  const double relative = t + kAccumulator * (scores + std::sqrt(n) + 4 + row.sink) +
                          2 * capping_error(s) * row.weighted_score;
  const double underflow =
      smallest_subnormal(s.type) * (1 + std::sqrt(n * square)) + masked_weights(s);
  return kTypical * relative * (spread + std::fabs(row.value[column])) + underflow;
}

}  // namespace

Bound attention_bound(const AttentionShape& s, const AttentionRow& row, std::size_t column) {
  const auto n = static_cast<double>(row.visible), d = static_cast<double>(s.d);
  const double spread = std::min(1.0, 8 * std::sqrt(row.concentration));
  const double usual = typical(s, row, column);
  return {.accept = std::min(bound(s, row, column, {likely(d), likely(n), spread}),
                             kTypicalElement * usual),
          .worst = bound(s, row, column, {d, n, 1}),
          .typical = usual};
}

double hull_slack(const AttentionShape& s, std::int64_t visible, double largest) {
  const double keys = likely(static_cast<double>(visible));
  return 2 * ((keys + 8) * kAccumulator + unit_roundoff(s.type)) * largest +
         (keys * largest + 1) * smallest_subnormal(s.type) + masked_weights(s);
}

}  // namespace assay::kernels
