#include "results/statistics/course.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "results/statistics/distributions.h"
#include "results/statistics/ratio.h"

namespace assay::results::statistics {
namespace {

constexpr std::size_t kFewest = 18;
/// The share of steady series in which noise alone is taken for a drift.
constexpr double kChance = 0.01;
constexpr double kRounding = 1e-12;

struct Thirds {
  std::span<const double> first, last;
};

Thirds thirds(std::span<const double> samples) {
  const std::size_t third = std::max<std::size_t>(1, samples.size() / 3);
  return {samples.first(third), samples.last(third)};
}

/// The samples without their least-squares line, about the same middle. A third of a drift drifts
/// as well, which must not count as correlated noise.
std::vector<double> without_slope(std::span<const double> samples) {
  const auto n = static_cast<double>(samples.size());
  const double middle = (n - 1) / 2;
  double products = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    products += (static_cast<double>(i) - middle) * samples[i];
  }
  const double slope = products / (n * (n * n - 1) / 12);
  std::vector<double> out(samples.begin(), samples.end());
  const double level = std::accumulate(out.begin(), out.end(), 0.0) / n;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] -= slope * (static_cast<double>(i) - middle);
    // Rounding errors of an exact line are no noise.
    if (std::abs(out[i] - level) < kRounding * level) out[i] = level;
  }
  return out;
}

}  // namespace

Drift drift(std::span<const double> samples) {
  if (samples.size() < kFewest) return {};
  const auto [first, last] = thirds(samples);
  const Summary before = summarize(without_slope(first)), after = summarize(without_slope(last));
  if (!has_interval(before) || !has_interval(after)) return {};
  const Ratio ratio = ratio_of_medians(after, before);
  static const double quantile = normal_quantile((1 + kComparisonConfidence) / 2);
  return {ratio.value - 1, (ratio.interval.upper - ratio.interval.lower) / 2 / quantile};
}

bool Drift::exceeds(double tolerance) const {
  static const double surely = normal_quantile(1 - kChance / 2);
  return std::abs(change) > std::max(tolerance, surely * error);
}

Interval settled_interval(std::span<const double> samples, const Interval& whole,
                          double confidence) {
  if (samples.size() < 3) return whole;
  const auto [first, last] = thirds(samples);
  const Interval end = median_interval(last, confidence, effective_count(last));
  const double further = (median(last) - median(first)) / 2;
  return {std::min({whole.lower, end.lower, end.lower + further}),
          std::max({whole.upper, end.upper, end.upper + further})};
}

}  // namespace assay::results::statistics
