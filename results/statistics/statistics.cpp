#include "results/statistics/statistics.h"

#include <algorithm>
#include <boost/random/beta_distribution.hpp>
#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_01.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {

namespace {

constexpr double kFewestForOrderStatistics = 30;
constexpr std::uint64_t kSeed = 1;

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
  return std::clamp(count / std::max(2 * pairs - 1, 1.0), 1.0, count);
}

struct Ranks {
  std::size_t first = 1, last = 1;
};

/// The ranks of median_ranks(), widened if the effective count is below n.
Ranks widened_ranks(std::size_t count, double confidence, double effective) {
  const auto [low, high] = median_ranks(count, confidence);
  const auto n = static_cast<double>(count);
  const double middle = (n + 1) / 2;
  const double distance = static_cast<double>(high - low) / 2 * std::sqrt(n / effective);
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

/// A sample that the bootstrap resamples.
struct Group {
  std::vector<double> x;  // sorted
  double size = 1;        // number of draws in a resample
};

Group group_of(std::span<const double> samples) {
  Group group{sorted(samples)};
  group.size = std::max(1.0, std::floor(effective_count_about(samples, median_of_sorted(group.x))));
  return group;
}

/// Draws the median of `group.size` draws with replacement. The k-th smallest of m uniform draws
/// has the distribution Beta(k, m + 1 - k); given its value, the next one is the smallest of m - k
/// uniform draws above it (David & Nagaraja, Order Statistics, 2003, section 2.5).
class MedianDraw {
 public:
  explicit MedianDraw(const Group& group)
      : x_(group.x),
        even_(std::fmod(group.size, 2) == 0),
        rank_(even_ ? group.size / 2 : (group.size + 1) / 2),
        lower_(rank_, group.size + 1 - rank_) {}

  template <typename Engine>
  double operator()(Engine& engine) {
    const double low = lower_(engine);
    if (!even_) return at(low);
    const double rest = std::pow(uniform_(engine), 1 / rank_);
    return std::midpoint(at(low), at(1 - (1 - low) * rest));
  }

 private:
  double at(double u) const {
    const auto index = static_cast<std::size_t>(u * static_cast<double>(x_.size()));
    return x_[std::min(index, x_.size() - 1)];
  }

  std::span<const double> x_;
  bool even_;
  double rank_;
  boost::random::beta_distribution<double> lower_;
  boost::random::uniform_01<double> uniform_;
};

/// The median without the sample of rank `i` (from 0).
double median_without(std::span<const double> x, std::size_t i) {
  const auto at = [&](std::size_t rank) { return x[rank < i ? rank : rank + 1]; };
  const std::size_t n = x.size() - 1;
  return n % 2 == 1 ? at(n / 2) : std::midpoint(at(n / 2 - 1), at(n / 2));
}

/// Sums of squares and cubes of the influence of each sample of `x` on `statistic`, by jackknife.
template <typename Statistic>
std::pair<double, double> jackknife(std::span<const double> x, const Statistic& statistic) {
  if (x.size() < 2) return {0, 0};
  std::vector<double> without(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) without[i] = statistic(median_without(x, i));
  const double mean =
      std::accumulate(without.begin(), without.end(), 0.0) / static_cast<double>(without.size());
  double squares = 0, cubes = 0;
  for (const double value : without) {
    const double influence = mean - value;
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  return {squares, cubes};
}

/// Efron 1987, equations 3.8 and 6.6: the percentiles of the bootstrap's distribution, shifted for
/// its bias and for the skewness `sums` of the statistic's influence.
Interval accelerated(std::vector<double>& draws, double estimate, double confidence,
                     std::pair<double, double> sums) {
  std::sort(draws.begin(), draws.end());
  const auto [equal_from, equal_to] = std::equal_range(draws.begin(), draws.end(), estimate);
  const auto total = static_cast<double>(draws.size());
  // Draws equal to the estimate count half: a median has few distinct values.
  const double below = (static_cast<double>(equal_from - draws.begin()) +
                        static_cast<double>(equal_to - draws.begin())) /
                       2 / total;
  if (draws.front() == draws.back()) return {draws.front(), draws.back()};
  const double bias = normal_quantile(std::clamp(below, 0.5 / total, 1 - 0.5 / total));
  double acceleration = sums.second / (6 * std::pow(sums.first, 1.5));
  // If the influence is zero or exceeds the range of a double, there is no skewness to correct.
  if (!std::isfinite(acceleration)) acceleration = 0;
  const auto level = [&](double tail) {
    const double z = bias + normal_quantile(tail);
    return normal_probability(bias + z / (1 - acceleration * z));
  };
  const double tail = (1 - confidence) / 2;
  return {quantile_of_sorted(draws, level(tail)), quantile_of_sorted(draws, level(1 - tail))};
}

Interval bootstrap_group(const Group& group, double confidence, std::uint64_t seed, int resamples) {
  boost::random::mt19937_64 engine(seed);
  MedianDraw draw(group);
  std::vector<double> draws(static_cast<std::size_t>(resamples));
  for (double& value : draws) value = draw(engine);
  return accelerated(draws, median_of_sorted(group.x), confidence,
                     jackknife(group.x, [](double median) { return median; }));
}

}  // namespace

double Summary::half_width() const {
  if (count < 2) return std::numeric_limits<double>::infinity();
  const double distance = std::max(interval.upper - median, median - interval.lower);
  return distance == 0 ? 0 : distance / median;
}

double Summary::deviations() const {
  if (effective_count >= kFewestForOrderStatistics) {
    const Ranks ranks = widened_ranks(count, confidence, effective_count);
    const auto n = static_cast<double>(count);
    return static_cast<double>(ranks.last - ranks.first) * std::sqrt(effective_count) / n;
  }
  if (confidence <= 0) return 0;
  // A confidence of 1 would have an infinite quantile.
  constexpr double kSurest = 1 - 1e-9;
  return normal_quantile((1 + std::min(confidence, kSurest)) / 2);
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

Interval bootstrap_median(std::span<const double> samples, double confidence, std::uint64_t seed,
                          int resamples) {
  if (samples.empty()) return {};
  return bootstrap_group(group_of(samples), confidence, seed, resamples);
}

Interval bootstrap_ratio(std::span<const double> a, std::span<const double> b, double confidence,
                         std::uint64_t seed, int resamples) {
  if (a.empty() || b.empty()) return {};
  const Group above = group_of(a), below = group_of(b);
  const double numerator = median_of_sorted(above.x), denominator = median_of_sorted(below.x);
  boost::random::mt19937_64 engine(seed);
  MedianDraw draw_above(above), draw_below(below);
  std::vector<double> draws(static_cast<std::size_t>(resamples));
  for (double& value : draws) {
    const double top = draw_above(engine);
    value = top / draw_below(engine);
  }
  const auto [squares_a, cubes_a] =
      jackknife(above.x, [&](double median) { return median / denominator; });
  const auto [squares_b, cubes_b] =
      jackknife(below.x, [&](double median) { return numerator / median; });
  return accelerated(draws, numerator / denominator, confidence,
                     {squares_a + squares_b, cubes_a + cubes_b});
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

Summary summarize(std::span<const double> samples, double confidence) {
  Summary out;
  out.count = samples.size();
  if (samples.empty()) return out;
  Group group{sorted(samples)};
  const std::vector<double>& x = group.x;
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
  if (out.effective_count >= kFewestForOrderStatistics) {
    out.interval = order_interval(x, confidence, out.effective_count);
  } else {
    group.size = std::max(1.0, std::floor(out.effective_count));
    out.interval = bootstrap_group(group, confidence, kSeed, 10000);
  }
  return out;
}

}  // namespace assay::results::statistics
