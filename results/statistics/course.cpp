#include "results/statistics/course.h"

#include <algorithm>
#include <cmath>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {
namespace {

constexpr std::size_t kFewest = 18;

struct Thirds {
  std::span<const double> first, last;
};

Thirds thirds(std::span<const double> samples) {
  const std::size_t third = std::max<std::size_t>(1, samples.size() / 3);
  return {samples.first(third), samples.last(third)};
}

}  // namespace

Trend trend(std::span<const double> samples) {
  Trend out;
  if (samples.size() < kFewest) return out;
  const auto [first, last] = thirds(samples);
  out.change = median(last) / median(first) - 1;
  double up = 0, differing = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    differing += first[i] != last[i] ? 1 : 0;
    up += last[i] > first[i] ? 1 : 0;
  }
  if (differing > 0) {
    const double fewer = std::min(up, differing - up);
    out.probability = std::min(1.0, 2 * even_binomial_probability(differing, fewer));
  }
  return out;
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
