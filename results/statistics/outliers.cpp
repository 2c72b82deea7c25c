#include "results/statistics/outliers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "results/statistics/distributions.h"
#include "results/statistics/statistics.h"

namespace assay::results::statistics {

namespace {

constexpr std::size_t kPairwise = 500;
constexpr double kQnEfficiency = 0.82, kMadEfficiency = 0.37;

/// The factor that makes Qn unbiased for the normal distribution: 1 / (√2 Φ⁻¹(5/8)), and less for
/// few values. Rousseeuw & Croux (1993) print 2.2219, which is 0.12% too much.
double qn_factor(std::size_t n) {
  constexpr double kAsymptotic = 2.219144465985076;
  constexpr std::array kFew = {0.399, 0.994, 0.512, 0.844, 0.611, 0.857, 0.669, 0.872};
  if (n <= 9) return kAsymptotic * kFew[n - 2];
  const auto count = static_cast<double>(n);
  return kAsymptotic * (n % 2 == 1 ? count / (count + 1.4) : count / (count + 3.8));
}

/// The k-th smallest distance between two values, k = (h over 2), h = n/2 + 1.
double qn(std::span<const double> values) {
  std::vector<double> distances;
  distances.reserve(values.size() * (values.size() - 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) distances.push_back(std::abs(values[i] - values[j]));
  }
  const std::size_t h = values.size() / 2 + 1, k = h * (h - 1) / 2;
  std::nth_element(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(k - 1),
                   distances.end());
  return qn_factor(values.size()) * distances[k - 1];
}

double median_absolute_deviation(std::span<const double> values, double middle) {
  constexpr double kOfNormal = 1.482602218505602;  // 1 / quantile of the normal at 3/4
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::abs(value - middle));
  return kOfNormal * median(distances);
}

}  // namespace

RobustSummary robust_summary(std::span<const double> values) {
  RobustSummary out;
  if (values.empty()) return out;
  out.middle = median(values);
  if (values.size() < 2) return out;
  const auto others = static_cast<double>(values.size() - 1);
  if (values.size() <= kPairwise) {
    out.scatter = qn(values);
    out.freedom = std::max(1.0, kQnEfficiency * others);
  } else {
    out.scatter = median_absolute_deviation(values, out.middle);
    out.freedom = kMadEfficiency * others;
  }
  return out;
}

double deviations_above(double value, double uncertainty, const RobustSummary& summary,
                        double typical) {
  const double own = std::max(0.0, uncertainty * uncertainty - typical * typical);
  const double width = std::sqrt(summary.scatter * summary.scatter + own);
  const double distance = value - summary.middle;
  if (width > 0) return distance / width;
  return distance > 0 ? std::numeric_limits<double>::infinity() : 0;
}

double probability_above(double deviations, const RobustSummary& summary) {
  if (!(summary.freedom > 0)) return 1;
  if (std::isinf(deviations)) return deviations > 0 ? 0 : 1;
  return student_upper_probability(summary.freedom, deviations);
}

double tail_freedom(std::span<const double> values) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  if (values.size() < 1000) return kInfinite;
  const double middle = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - middle));
  const double near = quantile(distances, 0.75), far = quantile(distances, 0.99);
  if (!(near > 0)) return kInfinite;
  const auto ratio = [](double freedom) {
    return student_quantile(freedom, 0.995) / student_quantile(freedom, 0.875);
  };
  // The ratio decreases with the degrees of freedom; for a thousand values it is known to a few
  // percent.
  constexpr double kAllowance = 0.97;
  double low = 1, high = 100;
  if (far / near * kAllowance <= ratio(high)) return kInfinite;
  while (high - low > 0.05) {
    const double between = (low + high) / 2;
    (ratio(between) > far / near * kAllowance ? low : high) = between;
  }
  return low;
}

}  // namespace assay::results::statistics
