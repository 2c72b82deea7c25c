#include "results/statistics/ramp.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace assay::results::statistics {

namespace {

/// Sums from which any ramp can be fitted in constant time.
class Sums {
 public:
  explicit Sums(std::span<const double> values) : values_(values) {
    sum_.resize(values.size() + 1);
    weighted_.resize(values.size() + 1);
    square_.resize(values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum_[i + 1] = sum_[i] + values[i];
      weighted_[i + 1] = weighted_[i] + static_cast<double>(i) * values[i];
      square_[i + 1] = square_[i] + values[i] * values[i];
    }
  }

  /// Least squares of a + b f(i), where f is 0 up to `begin`, 1 from `end`, and linear between.
  Ramp fit(std::size_t begin, std::size_t end) const {
    const std::size_t n = values_.size();
    const auto length = static_cast<double>(end - begin);
    const auto b = static_cast<double>(begin), e = static_cast<double>(end);
    // Sums of f and f² over (begin, end): sums of 1..L-1 and of their squares, divided by L and L².
    const double slope_f = (length - 1) / 2;
    const double slope_ff = (length - 1) * (2 * length - 1) / (6 * length);
    const double flat = static_cast<double>(n) - e;
    const double f = slope_f + flat, ff = slope_ff + flat;
    const double fy =
        ((weighted_[end] - weighted_[begin]) - b * (sum_[end] - sum_[begin])) / length +
        (sum_[n] - sum_[end]);
    const auto count = static_cast<double>(n);
    const double mean_f = f / count, mean_y = sum_[n] / count;
    const double spread = ff - f * mean_f, shared = fy - f * mean_y;
    Ramp out{begin, end, mean_y, mean_y, square_[n] - sum_[n] * mean_y};
    if (!(spread > 0)) return out;
    const double rise = shared / spread;
    out.before = mean_y - rise * mean_f;
    out.after = out.before + rise;
    out.squares -= shared * rise;
    return out;
  }

 private:
  std::span<const double> values_;
  std::vector<double> sum_, weighted_, square_;
};

}  // namespace

Ramp best_ramp(std::span<const double> values, std::size_t shortest) {
  constexpr std::size_t kPlaces = 24;
  Ramp best;
  best.squares = std::numeric_limits<double>::infinity();
  if (values.size() < shortest + 1) return best;
  const Sums sums(values);
  const std::size_t last = values.size() - 1;
  const std::size_t step = std::max<std::size_t>(1, last / kPlaces);
  for (std::size_t begin = 0; begin + shortest <= last; begin += step) {
    for (std::size_t end = last;; end -= step) {
      if (end < begin + shortest) break;
      const Ramp ramp = sums.fit(begin, end);
      if (ramp.squares < best.squares) best = ramp;
      if (end < step) break;
    }
  }
  return best;
}

}  // namespace assay::results::statistics
