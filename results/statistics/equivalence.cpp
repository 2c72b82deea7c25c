#include "results/statistics/equivalence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/statistics/distributions.h"
#include "results/statistics/ratio.h"

namespace assay::results::statistics {

namespace {

/// Converts the 95% interval of a ratio to kEquivalenceConfidence: on the logarithms, its
/// half-widths shrink in proportion to the quantiles of the normal distribution.
Interval narrowed(const Ratio& ratio) {
  const double shrink = normal_quantile((1 + kEquivalenceConfidence) / 2) /
                        normal_quantile((1 + kComparisonConfidence) / 2);
  return {ratio.value * std::pow(ratio.interval.lower / ratio.value, shrink),
          ratio.value * std::pow(ratio.interval.upper / ratio.value, shrink)};
}

Agreement judged(const Interval& interval, double margin) {
  const double largest = 1 + margin, smallest = 1 / largest;
  if (interval.lower > smallest && interval.upper < largest) return Agreement::equivalent;
  if (interval.lower > largest || interval.upper < smallest) return Agreement::different;
  return Agreement::undecided;
}

/// The mean of the values of two or more runs, and the half-width of the prediction interval for
/// one further run.
std::pair<double, double> prediction_for_run(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / count;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, student_quantile(count - 1, (1 + kEquivalenceConfidence) / 2) *
                    std::sqrt(squares / (count - 1) * (1 + 1 / count))};
}

/// Mean of two or more values, and the variance of that mean.
struct MeanOfRuns {
  double mean = 0, variance = 0, freedom = 1;
};
MeanOfRuns mean_of_runs(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  MeanOfRuns out;
  double squares = 0;
  for (const double value : values) out.mean += value / count;
  for (const double value : values) squares += (value - out.mean) * (value - out.mean);
  out.freedom = count - 1;
  out.variance = squares / out.freedom / count;
  return out;
}

/// The difference of two means of runs, and the half-width of Welch's interval.
std::pair<double, double> welch(const MeanOfRuns& a, const MeanOfRuns& b) {
  const double variance = a.variance + b.variance;
  if (!(variance > 0)) return {a.mean - b.mean, 0};
  const double freedom =
      variance * variance /
      (a.variance * a.variance / a.freedom + b.variance * b.variance / b.freedom);
  return {a.mean - b.mean,
          student_quantile(freedom, (1 + kEquivalenceConfidence) / 2) * std::sqrt(variance)};
}

std::vector<double> joined(std::span<const std::vector<double>> runs) {
  std::vector<double> all;
  for (const std::vector<double>& run : runs) all.insert(all.end(), run.begin(), run.end());
  return all;
}

std::vector<double> log_medians(std::span<const std::vector<double>> runs) {
  std::vector<double> out;
  for (const std::vector<double>& run : runs) out.push_back(std::log(median(run)));
  return out;
}

/// Widens the interval of all samples so that it covers what varies between runs, and judges it.
EquivalenceTest between_runs(EquivalenceTest test, double centre, double reach) {
  if (!std::isfinite(centre)) return {.margin = test.margin, .ratio = test.ratio};
  test.ratio = std::exp(centre);
  test.interval.lower = std::min(test.interval.lower, std::exp(centre - reach));
  test.interval.upper = std::max(test.interval.upper, std::exp(centre + reach));
  test.agreement = judged(test.interval, test.margin);
  return test;
}

}  // namespace

std::string_view name(Agreement agreement) {
  switch (agreement) {
    case Agreement::equivalent:
      return "equivalent";
    case Agreement::different:
      return "different";
    case Agreement::undecided:
      return "undecided";
  }
  return "";
}

EquivalenceTest equivalence(std::span<const double> a, std::span<const double> b, double margin) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  EquivalenceTest test;
  test.margin = margin;
  const Summary above = summarize(a), below = summarize(b);
  test.ratio = above.median / below.median;
  test.interval = {kUnknown, kUnknown};
  if (!has_interval(above) || !has_interval(below)) return test;
  test.interval = narrowed(ratio_of_medians(above, below));
  test.agreement = judged(test.interval, margin);
  return test;
}

EquivalenceTest equivalence(std::span<const std::vector<double>> a, std::span<const double> b,
                            double margin) {
  EquivalenceTest test = equivalence(joined(a), b, margin);
  if (a.size() < 2 || !std::isfinite(test.interval.lower)) return test;
  const auto [mean, reach] = prediction_for_run(log_medians(a));
  return between_runs(test, mean - std::log(median(b)), reach);
}

EquivalenceTest equivalence(std::span<const std::vector<double>> a,
                            std::span<const std::vector<double>> b, double margin) {
  if (b.size() < 2) return equivalence(a, joined(b), margin);
  EquivalenceTest test = equivalence(joined(a), joined(b), margin);
  if (!std::isfinite(test.interval.lower)) return test;
  if (a.size() < 2) {
    const auto [mean, reach] = prediction_for_run(log_medians(b));
    return between_runs(test, std::log(median(joined(a))) - mean, reach);
  }
  const auto [centre, reach] = welch(mean_of_runs(log_medians(a)), mean_of_runs(log_medians(b)));
  return between_runs(test, centre, reach);
}

}  // namespace assay::results::statistics
