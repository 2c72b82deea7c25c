#include "results/statistics/shift.h"

#include <algorithm>
#include <cmath>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {

namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// The deviate that a normal variable exceeds with this probability.
double deviate_of(double log_probability) {
  // Beyond the range of doubles the tail is exp(-z²/2), except for a factor that is negligible
  // there.
  if (log_probability < -700) return std::sqrt(-2 * log_probability);
  return normal_upper_quantile(std::exp(log_probability));
}

/// Cumulant generating function of (count, sum) if each score is drawn independently with
/// probability `share`, with its derivatives.
struct Cumulants {
  double value = 0, count = 0, sum = 0, count_count = 0, count_sum = 0, sum_sum = 0;
};

Cumulants cumulants(std::span<const double> scores, double share, double s, double t) {
  Cumulants out;
  for (const double score : scores) {
    const double e = share * std::exp(s + t * score), norm = 1 - share + e;
    const double p = e / norm, variance = p * (1 - p);
    out.value += std::log(norm);
    out.count += p;
    out.sum += p * score;
    out.count_count += variance;
    out.count_sum += variance * score;
    out.sum_sum += variance * score * score;
  }
  return out;
}

/// The deviate at the end of the range; ties increase the number of orders that reach it.
double deviate_at_end(std::vector<double> scores, std::size_t after) {
  std::sort(scores.begin(), scores.end(), std::greater<>());
  const double last = scores[after - 1];
  double above = 0, equal = 0;
  for (const double score : scores) {
    above += score > last + 1e-12 ? 1 : 0;
    equal += std::abs(score - last) <= 1e-12 ? 1 : 0;
  }
  const auto k = static_cast<double>(after);
  const double ways = log_choose(equal, k - above);
  return deviate_of(
      std::min(ways - log_choose(static_cast<double>(scores.size()), k), std::log(0.5)));
}

/// For a sum above its mean of zero.
double deviate_above(const std::vector<double>& scores, std::size_t after, double sum) {
  const auto n = static_cast<double>(scores.size()), k = static_cast<double>(after);
  std::vector<double> sorted = scores;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(after),
                   sorted.end(), std::greater<>());
  double most = 0;
  for (std::size_t i = 0; i < after; ++i) most += sorted[i];
  const double limit = deviate_at_end(scores, after);
  if (sum >= most - 1e-9 * std::max(1.0, most)) return limit;

  const double share = k / n;
  double s = 0, t = 0;
  Cumulants at;
  constexpr int kSteps = 60;
  for (int step = 0; step < kSteps; ++step) {
    at = cumulants(scores, share, s, t);
    const double r0 = k - at.count, r1 = sum - at.sum;
    if (std::abs(r0) < 1e-8 * k && std::abs(r1) < 1e-8 * std::max(1.0, sum)) break;
    const double determinant = at.count_count * at.sum_sum - at.count_sum * at.count_sum;
    if (!(determinant > 1e-200)) return limit;
    double ds = (r0 * at.sum_sum - r1 * at.count_sum) / determinant;
    double dt = (r1 * at.count_count - r0 * at.count_sum) / determinant;
    const double length = std::max(std::abs(ds), std::abs(dt));
    if (length > 1) {
      ds /= length;
      dt /= length;
    }
    s += ds;
    t += dt;
  }
  const double determinant = at.count_count * at.sum_sum - at.count_sum * at.count_sum;
  const double w = std::sqrt(std::max(0.0, 2 * (s * k + t * sum - at.value)));
  const double v = t * std::sqrt(determinant / (n * share * (1 - share)));
  if (!(w > 0) || !(v > 0)) return limit;
  return std::min(limit, w + std::log(v / w) / w);
}

double median_in_place(std::vector<double>& x) {
  const std::size_t middle = x.size() / 2;
  const auto at = x.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(x.begin(), at, x.end());
  if (x.size() % 2 == 1) return *at;
  return (*at + *std::max_element(x.begin(), at)) / 2;
}

}  // namespace

double robust_deviation(std::span<const double> samples) {
  if (samples.size() < 2) return 0;
  std::vector<double> x(samples.begin(), samples.end());
  const double middle = median_in_place(x);
  for (double& value : x) value = std::abs(value - middle);
  return 1.4826 * median_in_place(x);
}

double permutation_deviations(std::span<const double> scores, std::size_t after) {
  const std::size_t n = scores.size();
  if (after == 0 || after >= n) return 0;
  std::vector<double> centred(scores.begin(), scores.end());
  double mean = 0, square = 0;
  for (const double score : centred) mean += score / static_cast<double>(n);
  for (double& score : centred) {
    score -= mean;
    square += score * score / static_cast<double>(n);
  }
  if (!(square > 0)) return 0;
  double sum = 0;
  for (double& score : centred) score /= std::sqrt(square);
  for (std::size_t i = n - after; i < n; ++i) sum += centred[i];
  const auto size = static_cast<double>(n), k = static_cast<double>(after);
  const double plain = sum / std::sqrt(k * (size - k) / (size - 1));
  // Near the middle the approximation becomes 0 / 0, and the normal approximation is good.
  if (std::abs(plain) < 0.5) return plain;
  if (sum > 0) return deviate_above(centred, after, sum);
  for (double& score : centred) score = -score;
  return -deviate_above(centred, after, -sum);
}

double two_sided(double deviations) {
  return std::erfc(std::abs(deviations) / std::sqrt(2.0));
}

double difference_deviation(std::span<const double> series) {
  if (series.size() < 2) return 0;
  // A tenth of the differences may be steps or outliers. Modes that alternate more often are noise.
  constexpr double kShare = 0.9, kDeviates = 1.6449;
  std::vector<double> distances;
  for (std::size_t i = 1; i < series.size(); ++i) {
    distances.push_back(std::abs(series[i] - series[i - 1]));
  }
  const auto place =
      static_cast<std::ptrdiff_t>(std::floor(kShare * static_cast<double>(distances.size() - 1)));
  std::nth_element(distances.begin(), distances.begin() + place, distances.end());
  return distances[static_cast<std::size_t>(place)] / kDeviates;
}

double variance_inflation(double autocorrelation, std::size_t before, std::size_t after) {
  // For a mean of k values: 1 + 2 Σ (1 - h/k) ρ^h, h from 1 to k - 1, in closed form.
  const auto of_mean = [rho = autocorrelation](double k) {
    return (1 + rho) / (1 - rho) - 2 * rho * (1 - std::pow(rho, k)) / (k * (1 - rho) * (1 - rho));
  };
  const auto n = static_cast<double>(before), k = static_cast<double>(after);
  return std::max(1.0, (of_mean(n) / n + of_mean(k) / k) / (1 / n + 1 / k));
}

Shift shift_between(std::span<const double> before, std::span<const double> after,
                    double confidence, double inflation) {
  std::vector<double> differences;
  differences.reserve(before.size() * after.size());
  for (const double b : after) {
    for (const double a : before) differences.push_back(b - a);
  }
  const auto n = static_cast<double>(before.size()), k = static_cast<double>(after.size());
  const double z = normal_quantile((1 + confidence) / 2);
  const double reach = z * std::sqrt(inflation * n * k * (n + k + 1) / 12);
  const auto last = static_cast<double>(differences.size() - 1);
  const auto place = [&](double rank) {
    return static_cast<std::ptrdiff_t>(std::clamp(rank, 0.0, last));
  };
  const std::ptrdiff_t low = place(std::floor(n * k / 2 - reach - 0.5));
  const std::ptrdiff_t high = place(std::ceil(n * k / 2 + reach - 0.5));
  const auto begin = differences.begin();
  const auto at = [&](std::ptrdiff_t rank) {
    std::nth_element(begin, begin + rank, differences.end());
    return begin[rank];
  };
  const Interval interval{at(low), at(high)};
  return {median_in_place(differences), interval};
}

}  // namespace assay::results::statistics
