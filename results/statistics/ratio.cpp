#include "results/statistics/ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {

namespace {

/// Distances of an interval's ends from its middle, as logarithms.
struct Distances {
  double down = 0, up = 0;
};

Distances distances_of(const Summary& summary) {
  static const double asked = normal_quantile((1 + kComparisonConfidence) / 2);
  const double scale = asked / summary.deviations();
  return {scale * std::log(summary.median / summary.interval.lower),
          scale * std::log(summary.interval.upper / summary.median)};
}

Ratio around(double middle, double down, double up) {
  return {std::exp(middle), {std::exp(middle - down), std::exp(middle + up)}};
}

struct Logarithms {
  double mean = 0, variance_of_mean = 0;
};

Logarithms logarithms_of(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  Logarithms out;
  for (const double value : values) out.mean += std::log(value) / count;
  for (const double value : values) {
    out.variance_of_mean += std::pow(std::log(value) - out.mean, 2) / (count - 1) / count;
  }
  return out;
}

}  // namespace

bool Ratio::has_interval() const {
  return std::isfinite(interval.lower) && std::isfinite(interval.upper);
}

Ratio inverse(const Ratio& ratio) {
  return {1 / ratio.value, {1 / ratio.interval.upper, 1 / ratio.interval.lower}};
}

Ratio scaled(const Ratio& ratio, double factor) {
  return {ratio.value * factor, {ratio.interval.lower * factor, ratio.interval.upper * factor}};
}

bool has_interval(const Summary& summary) {
  const Interval& interval = summary.interval;
  return summary.count > 1 && summary.confidence > 0 && interval.lower > 0 &&
         interval.lower <= summary.median && summary.median <= interval.upper &&
         std::isfinite(interval.upper);
}

Ratio ratio_of_medians(const Summary& above, const Summary& below) {
  const Distances a = distances_of(above), b = distances_of(below);
  return around(std::log(above.median / below.median), std::hypot(a.down, b.up),
                std::hypot(a.up, b.down));
}

Ratio ratio_of_processes(std::span<const double> above, std::span<const double> below) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const Logarithms a = logarithms_of(above), b = logarithms_of(below);
  const double middle = a.mean - b.mean;
  if (std::min(above.size(), below.size()) < kFewestProcesses) {
    return {std::exp(middle), {kUnknown, kUnknown}};
  }
  const double variance = a.variance_of_mean + b.variance_of_mean;
  if (variance == 0) return around(middle, 0, 0);
  const auto part = [](const Logarithms& side, double count) {
    return side.variance_of_mean * side.variance_of_mean / (count - 1);
  };
  const double freedom =
      variance * variance /
      (part(a, static_cast<double>(above.size())) + part(b, static_cast<double>(below.size())));
  const double reach =
      student_quantile(freedom, (1 + kComparisonConfidence) / 2) * std::sqrt(variance);
  return around(middle, reach, reach);
}

Ratio geometric_mean(std::span<const Ratio> ratios, std::span<const double> weights) {
  double sum = 0, total = 0, down = 0, up = 0;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    const Ratio& ratio = ratios[i];
    const double weight = weights[i];
    total += weight;
    sum += weight * std::log(ratio.value);
    down += std::pow(weight * std::log(ratio.value / ratio.interval.lower), 2);
    up += std::pow(weight * std::log(ratio.interval.upper / ratio.value), 2);
  }
  return around(sum / total, std::sqrt(down) / total, std::sqrt(up) / total);
}

Ratio geometric_mean(std::span<const Ratio> ratios) {
  return geometric_mean(ratios, std::vector<double>(ratios.size(), 1.0));
}

std::string_view name(Difference difference) {
  switch (difference) {
    case Difference::faster:
      return "faster";
    case Difference::slower:
      return "slower";
    case Difference::none_shown:
      return "no difference shown";
    case Difference::not_judged:
      return "not judged";
  }
  return "";
}

Ratio geometric_mean_at_worst(std::span<const Ratio> ratios, std::span<const double> weights) {
  double value = 0, lower = 0, upper = 0, total = 0;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    total += weights[i];
    value += weights[i] * std::log(ratios[i].value);
    lower += weights[i] * std::log(ratios[i].interval.lower);
    upper += weights[i] * std::log(ratios[i].interval.upper);
  }
  return {std::exp(value / total), {std::exp(lower / total), std::exp(upper / total)}};
}

Difference difference_of(const Ratio& speed) {
  if (!speed.has_interval()) return Difference::not_judged;
  if (speed.interval.lower > 1) return Difference::faster;
  if (speed.interval.upper < 1) return Difference::slower;
  return Difference::none_shown;
}

}  // namespace assay::results::statistics
