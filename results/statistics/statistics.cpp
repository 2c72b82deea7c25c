#include "results/statistics/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {

namespace {

std::vector<double> sorted(std::span<const double> samples) {
  std::vector<double> out(samples.begin(), samples.end());
  std::sort(out.begin(), out.end());
  return out;
}

double median_of_sorted(std::span<const double> x) {
  if (x.empty()) return 0;
  const std::size_t middle = x.size() / 2;
  return x.size() % 2 == 1 ? x[middle] : std::midpoint(x[middle - 1], x[middle]);
}

double quantile_of_sorted(std::span<const double> x, double q) {
  if (x.empty()) return 0;
  const double position = q * static_cast<double>(x.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  if (below + 1 >= x.size()) return x.back();
  return std::lerp(x[below], x[below + 1], position - static_cast<double>(below));
}

/// Which side of a centre each sample is on (-1, 0, 1), and sums of products of these at a lag.
class Sides {
 public:
  Sides(std::span<const double> samples, double centre)
      : side_(samples.size()), sums_(samples.size() + 1) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      side_[i] = static_cast<std::int16_t>((samples[i] > centre) - (samples[i] < centre));
      sums_[i + 1] = sums_[i] + side_[i];
    }
  }

  /// Sum of (side[i] - mean) * (side[i + lag] - mean), computed with integers only, which the
  /// compiler can vectorise.
  double covariance(std::size_t lag) const {
    const std::size_t n = side_.size(), terms = n - lag;
    std::int32_t products = 0;
    for (std::size_t i = 0; i < terms; ++i) products += side_[i] * side_[i + lag];
    const double mean = static_cast<double>(sums_[n]) / static_cast<double>(n);
    return products - mean * (sums_[terms] + sums_[n] - sums_[lag]) +
           static_cast<double>(terms) * mean * mean;
  }

 private:
  std::vector<std::int16_t> side_;
  std::vector<std::int32_t> sums_;
};

/// The sum of the autocorrelations of signs, both directions and lag 0, if the values follow a
/// normal autoregression of order 1 and signs at lag 1 correlate by `first`. Signs of normal values
/// correlate by 2 / pi asin(rho) (the arcsine law); rho is corrected for its bias in a series of
/// `n` (Kendall, Biometrika 41, 1954).
double correlation_time_of(double first, std::size_t n) {
  constexpr double kHighest = 0.99, kNegligible = 1e-3;
  const auto count = static_cast<double>(n);
  double rho = std::sin(std::numbers::pi / 2 * std::clamp(first, -1.0, 1.0));
  rho = std::min(rho + (1 + 3 * rho) / count, kHighest);
  double sum = 0, power = rho;
  for (double lag = 1; lag < count && power > kNegligible; ++lag, power *= rho) {
    sum += 2 / std::numbers::pi * std::asin(power) * (1 - lag / count);
  }
  return 1 + 2 * sum;
}

double effective_count_about(std::span<const double> samples, double centre) {
  const std::size_t n = samples.size();
  const auto count = static_cast<double>(n);
  if (n < 2) return count;
  const Sides sides(samples, centre);
  const double variance = sides.covariance(0);
  if (variance <= 0) return count;
  double pairs = 0;
  for (std::size_t lag = 0; lag + 1 < n; lag += 2) {
    const double pair = (sides.covariance(lag) + sides.covariance(lag + 1)) / variance;
    if (pair <= 0) break;
    pairs += pair;
  }
  const double time =
      std::max({2 * pairs - 1, correlation_time_of(sides.covariance(1) / variance, n), 1.0});
  // The samples' own mean hides a part of their correlation.
  const double seen = std::max(0.1, 1 - (time - 1) / count);
  return std::clamp(count * seen / time, 1.0, count);
}

struct Ranks {
  std::size_t first = 1, last = 1;
};

/// Student's quantile over the normal one, since an effective count below n is an estimate.
double student_factor(double n, double confidence, double effective) {
  // A confidence of 0 or 1 has no such ratio.
  const double tail = (1 + std::clamp(confidence, 0.01, 1 - 1e-9)) / 2;
  return effective < n
             ? student_quantile(std::max(effective - 1, 1.0), tail) / normal_quantile(tail)
             : 1;
}

/// The ranks of median_ranks(), widened if the effective count is below n: by the root of the lost
/// samples, and by Student's quantile because the effective count is itself an estimate.
Ranks widened_ranks(std::size_t count, double confidence, double effective) {
  const auto [low, high] = median_ranks(count, confidence);
  const auto n = static_cast<double>(count);
  const double middle = (n + 1) / 2;
  const double distance = static_cast<double>(high - low) / 2 * std::sqrt(n / effective) *
                          student_factor(n, confidence, effective);
  // Shift slightly inwards, so that the root's rounding error does not change exact ranks.
  const double first = std::floor(middle - distance + 1e-9);
  const double last = std::ceil(middle + distance - 1e-9);
  return {static_cast<std::size_t>(std::clamp(first, 1.0, n)),
          static_cast<std::size_t>(std::clamp(last, 1.0, n))};
}

Interval order_interval(std::span<const double> x, double confidence, double effective) {
  if (x.empty()) return {};
  const Ranks ranks = widened_ranks(x.size(), confidence, effective);
  return {x[ranks.first - 1], x[ranks.last - 1]};
}

}  // namespace

double Summary::half_width() const {
  if (count < 2) return std::numeric_limits<double>::infinity();
  const double distance = std::max(interval.upper - median, median - interval.lower);
  return distance == 0 ? 0 : distance / median;
}

double Summary::deviations() const {
  if (confidence <= 0 || count == 0) return 0;
  const Ranks ranks = widened_ranks(count, confidence, effective_count);
  const auto n = static_cast<double>(count);
  return static_cast<double>(ranks.last - ranks.first) * std::sqrt(effective_count) / n /
         student_factor(n, confidence, effective_count);
}

double median(std::span<const double> samples) {
  return median_of_sorted(sorted(samples));
}

double quantile(std::span<const double> samples, double q) {
  return quantile_of_sorted(sorted(samples), q);
}

std::pair<std::size_t, std::size_t> median_ranks(std::size_t n, double confidence) {
  const auto trials = static_cast<double>(n);
  const double tail = (1 - confidence) / 2;
  std::size_t low = 1, beyond = n / 2 + 1;
  while (low + 1 < beyond) {
    const std::size_t middle = (low + beyond) / 2;
    (even_binomial_probability(trials, static_cast<double>(middle - 1)) <= tail ? low : beyond) =
        middle;
  }
  return {low, n + 1 - low};
}

Interval median_interval(std::span<const double> samples, double confidence,
                         double effective_count) {
  return order_interval(sorted(samples), confidence, effective_count);
}

double effective_count(std::span<const double> samples) {
  return effective_count_about(samples, median(samples));
}

Summary summary_of_model(double seconds) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  Summary out;
  out.median = seconds;
  out.interval = {kUnknown, kUnknown};
  out.confidence = 0;
  out.mean = out.standard_deviation = out.minimum = out.maximum = kUnknown;
  out.percentile_5 = out.percentile_95 = kUnknown;
  return out;
}

/// Seconds. No clock is finer; smaller differences are rounding errors of time stamps.
constexpr double kFinestTick = 1e-10;

double clock_tick(std::span<const double> times) {
  std::vector<double> x = sorted(times);
  const auto equal = [](double a, double b) { return b - a < kFinestTick; };
  x.erase(std::unique(x.begin(), x.end(), equal), x.end());
  if (x.size() == 1 && times.size() > 1) return x.front();
  double tick = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < x.size(); ++i) tick = std::min(tick, x[i] - x[i - 1]);
  return std::isfinite(tick) ? tick : 0;
}

Summary summarize(std::span<const double> samples, double confidence, double tick) {
  Summary out;
  out.tick = tick;
  out.count = samples.size();
  if (samples.empty()) return out;
  const std::vector<double> x = sorted(samples);
  const auto n = static_cast<double>(x.size());
  out.median = median_of_sorted(x);
  out.minimum = x.front();
  out.maximum = x.back();
  out.percentile_5 = quantile_of_sorted(x, 0.05);
  out.percentile_95 = quantile_of_sorted(x, 0.95);
  out.mean = std::accumulate(x.begin(), x.end(), 0.0) / n;
  double squares = 0;
  for (const double value : x) squares += (value - out.mean) * (value - out.mean);
  out.standard_deviation = x.size() < 2 ? 0 : std::sqrt(squares / (n - 1));
  out.effective_count = effective_count_about(samples, out.median);
  // No interval within the samples can have a higher confidence than the probability that the
  // samples do not all lie on one side of the median.
  out.confidence = std::min(confidence, 1 - std::exp2(1 - out.effective_count));
  out.interval = order_interval(x, confidence, out.effective_count);
  out.interval.lower = std::min(out.interval.lower, std::max(0.0, out.median - tick / 2));
  out.interval.upper = std::max(out.interval.upper, out.median + tick / 2);
  return out;
}

}  // namespace assay::results::statistics
