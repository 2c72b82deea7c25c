#include "results/statistics/sequential.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace assay::results::statistics {

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();
/// λ · scale: powers of two from 2^-7 to 2^4, with equal weights.
constexpr int kLeastPower = -7;
constexpr std::size_t kPowers = 12;
/// The bets: all, which soonest refutes where noise is small, and a part, which a single outlier on
/// the wrong side does not ruin.
constexpr std::array kBets = {1.0, 0.75};
/// So many factors from 0.25 to 2 can be multiplied before their logarithm is taken.
constexpr std::size_t kFactors = 128;
/// Beyond this number of differences, one look for each further 2%.
constexpr std::size_t kEveryLook = 100;
/// Limits are this exact, in units of the scale, and rounded outwards.
constexpr double kExactness = 1e-4;
constexpr int kDoublings = 60;

/// The place where a decreasing function passes zero, between `low` (above zero) and `high`, or a
/// little below it.
template <class Function>
double root(const Function& function, double low, double high, double exactness) {
  while (high - low > exactness) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (function(middle) >= 0 ? low : high) = middle;
  }
  return low;
}

}  // namespace

SequentialInterval::SequentialInterval(double scale, double error)
    : scale_(scale), threshold_(std::log(2 / error)), interval_{-kUnlimited, kUnlimited} {}

void SequentialInterval::add(double difference) {
  differences_.push_back(difference);
  if (count() < next_look_) return;
  next_look_ = count() < kEveryLook ? count() + 1 : count() + count() / 50;
  // What was refuted once stays refuted: the probability of error counts all looks together.
  interval_.lower = refuted_below(1, interval_.lower);
  interval_.upper = -refuted_below(-1, -interval_.upper);
}

double SequentialInterval::centre() const {
  if (differences_.empty()) return 0;
  const auto [least, most] = std::minmax_element(differences_.begin(), differences_.end());
  return root(
      [this](double centre) {
        double sum = 0;
        for (const double difference : differences_)
          sum += std::tanh((difference - centre) / scale_);
        return sum;
      },
      *least, *most, kExactness * scale_);
}

bool SequentialInterval::excludes(double centre) const {
  return interval_.lower > centre || interval_.upper < centre;
}

/// The logarithm of the mean martingale for sign · λ.
double SequentialInterval::evidence(double centre, double sign) const {
  using PerBet = std::array<double, kBets.size()>;
  std::array<PerBet, kPowers> logs{}, products;
  for (PerBet& one : products) one.fill(1);
  const auto take_logarithms = [&] {
    for (std::size_t i = 0; i < kPowers; ++i) {
      for (std::size_t j = 0; j < kBets.size(); ++j) {
        logs[i][j] += std::log(std::exchange(products[i][j], 1));
      }
    }
  };
  const double least = sign * std::ldexp(1 / scale_, kLeastPower);
  for (std::size_t n = 0; n < count(); ++n) {
    // exp(-2λx); the next λ is twice as large.
    double power = std::exp(-2 * least * (differences_[n] - centre));
    for (std::size_t i = 0; i < kPowers; ++i, power *= power) {
      const double tangent = 2 / (1 + power) - 1;
      for (std::size_t j = 0; j < kBets.size(); ++j) products[i][j] *= 1 + kBets[j] * tangent;
    }
    if (n % kFactors == kFactors - 1) take_logarithms();
  }
  take_logarithms();
  double most = -kUnlimited, sum = 0;
  for (const PerBet& one : logs) most = std::max(most, *std::max_element(one.begin(), one.end()));
  for (const PerBet& one : logs) {
    for (const double logarithm : one) sum += std::exp(logarithm - most);
  }
  return most + std::log(sum / (kPowers * kBets.size()));
}

/// The largest centre that is refuted from below, at least `so_far`; for sign -1 the same of the
/// mirrored differences.
double SequentialInterval::refuted_below(double sign, double so_far) const {
  if (static_cast<double>(count()) * std::log(2.0) < threshold_) return so_far;
  const auto excess = [&](double mirrored) { return evidence(sign * mirrored, sign) - threshold_; };
  const auto [least, most] = std::minmax_element(differences_.begin(), differences_.end());
  const double lowest = sign > 0 ? *least : -*most, highest = sign > 0 ? *most : -*least;
  double low = so_far;
  if (!std::isfinite(low)) {
    double step = scale_ + (highest - lowest);
    low = lowest - step;
    for (int i = 0; i < kDoublings && excess(low) < 0; ++i) low -= (step *= 2);
  }
  if (excess(low) < 0) return so_far;
  return root(excess, low, std::max(low, highest), kExactness * scale_);
}

}  // namespace assay::results::statistics
