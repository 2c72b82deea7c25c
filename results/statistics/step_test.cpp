#include "results/statistics/step_test.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace assay::results::statistics {

namespace {

/// Which runs around the step may be left out.
constexpr std::size_t kNear = 20;

/// One run after whitening: what the level, the step and the value contribute.
struct Row {
  double level = 0, step = 0, value = 0;
};

/// Sums of products of the rows' columns.
struct Products {
  double level_level = 0, level_step = 0, step_step = 0, level_value = 0, step_value = 0;

  void add(const Row& row, double factor) {
    level_level += factor * row.level * row.level;
    level_step += factor * row.level * row.step;
    step_step += factor * row.step * row.step;
    level_value += factor * row.level * row.value;
    step_value += factor * row.step * row.value;
  }

  /// The size of the step in standard errors.
  double deviations() const {
    if (!(level_level > 1e-9)) return 0;
    const double information = step_step - level_step * level_step / level_level;
    if (!(information > 1e-9)) return 0;
    return (step_value - level_step * level_value / level_level) / std::sqrt(information);
  }
};

double log_ways(std::size_t n, std::size_t k) {
  const auto all = static_cast<double>(n), some = static_cast<double>(k);
  return std::lgamma(all + 1) - std::lgamma(some + 1) - std::lgamma(all - some + 1);
}

/// The probability of at least `hits` among `drawn` of `all`, of which `marked` are hits.
double hypergeometric_tail(std::size_t hits, std::size_t drawn, std::size_t marked,
                           std::size_t all) {
  double out = 0;
  for (std::size_t k = hits; k <= std::min(drawn, marked); ++k) {
    if (drawn - k > all - marked) continue;
    out += std::exp(log_ways(marked, k) + log_ways(all - marked, drawn - k) - log_ways(all, drawn));
  }
  return std::clamp(out, 1e-300, 1.0);
}

}  // namespace

double step_deviations(std::span<const double> values, std::size_t at, double correlation,
                       std::span<const double> deviations) {
  const std::size_t n = values.size();
  if (at == 0 || at >= n) return 0;
  const double start = std::sqrt(1 - correlation * correlation);
  std::vector<Row> rows(n);
  Products all;
  for (std::size_t t = 0; t < n; ++t) {
    const double own = (t == 0 ? start : 1) / deviations[t];
    const double previous = t == 0 ? 0 : correlation / deviations[t];
    rows[t].level = own - previous;
    rows[t].step = (t >= at ? own : 0) - (t > at ? previous : 0);
    // Relative to the first value, so that no digits are lost.
    rows[t].value =
        own * (values[t] - values[0]) - (t == 0 ? 0 : previous * (values[t - 1] - values[0]));
    all.add(rows[t], 1);
  }
  double least = all.deviations();
  const double sign = least < 0 ? -1 : 1;
  const std::size_t from = at > kNear ? at - kNear : 0, to = std::min(n, at + kNear);
  for (std::size_t t = from; t < to; ++t) {
    // A run is left out by a column that is 1 for this run only; its whitened rows are t and t + 1.
    const double own = (t == 0 ? start : 1) / deviations[t];
    const double next = t + 1 < n ? -correlation / deviations[t + 1] : 0;
    Row projected{own * rows[t].level, own * rows[t].step, own * rows[t].value};
    if (t + 1 < n) {
      projected.level += next * rows[t + 1].level;
      projected.step += next * rows[t + 1].step;
      projected.value += next * rows[t + 1].value;
    }
    Products without = all;
    without.add(projected, -1 / (own * own + next * next));
    if (sign * without.deviations() < sign * least) least = without.deviations();
  }
  return sign * least > 0 ? least : 0;
}

std::optional<double> transition_probability(std::span<const double> values, std::size_t at,
                                             double middle) {
  constexpr std::size_t kStays = 4;
  // Transitions by part (before, after), previous state and next state; that of the step is left
  // out.
  std::array<std::array<std::array<std::size_t, 2>, 2>, 2> count{};
  double above_before = 0, above_after = 0;
  std::array<std::size_t, 2> stays{};
  std::size_t stayed = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const std::size_t state = values[t] > middle ? 1 : 0;
    (t < at ? above_before : above_after) += static_cast<double>(state);
    stayed = t > 0 && state == (values[t - 1] > middle ? 1U : 0U) ? stayed + 1 : 0;
    if (stayed == 1) ++stays[t < at ? 0 : 1];
    if (t == 0 || t == at) continue;
    ++count[t < at ? 0 : 1][values[t - 1] > middle ? 1 : 0][state];
  }
  if (std::max(stays[0], stays[1]) < kStays) return std::nullopt;
  const auto before = static_cast<double>(at), after = static_cast<double>(values.size() - at);
  const std::size_t next = above_after / after > above_before / before ? 1 : 0;
  double product = 1;
  int tests = 0;
  for (const std::size_t previous : {0U, 1U}) {
    const std::size_t towards = count[1][previous][next];
    const std::size_t in_after = towards + count[1][previous][1 - next];
    const std::size_t in_before = count[0][previous][0] + count[0][previous][1];
    if (in_after == 0 || in_before == 0) continue;
    product *= hypergeometric_tail(towards, in_after, towards + count[0][previous][next],
                                   in_before + in_after);
    ++tests;
  }
  return tests < 2 ? product : std::min(1.0, product * (1 - std::log(product)));
}

}  // namespace assay::results::statistics
