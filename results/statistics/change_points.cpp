#include "results/statistics/change_points.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "results/statistics/brief_levels.h"
#include "results/statistics/distributions.h"
#include "results/statistics/serial_noise.h"
#include "results/statistics/step_test.h"
#include "results/statistics/visits.h"

namespace assay::results::statistics {

namespace {

/// Distances from a level are limited to this number of deviations.
constexpr double kClamp = 4;
/// Stretches with fewer runs say little about the noise around their level.
constexpr std::size_t kFewestForNoise = 5;
/// Largest probability of the transitions, where the series alternates between the levels.
constexpr double kTransitions = 1e-2;
/// In shorter histories noise is assumed to be as large and as correlated as in many others.
constexpr std::size_t kShortHistory = 60;
constexpr double kShortCorrelation = 0.5;
/// Runs of a series that alternates between two modes are at least so correlated: the partition
/// takes long stays for levels, so that its estimate of the correlation is too small.
constexpr double kAlternatingCorrelation = 0.5;
/// From this upper limit of the correlation on, which is then often too low, a change must be less
/// probable by this factor.
constexpr double kHighCorrelation = 0.6, kHighCorrelationFactor = 1e-2;

/// A scale that is not affected by up to a tenth of outliers on either side and that, unlike the
/// median deviation, does not vanish if a fifth of the runs are at another level.
double scale_of(std::span<const double> x) {
  return std::max(robust_deviation(x), (quantile(x, 0.9) - quantile(x, 0.1)) / 2.563);
}

class ChangeFinder {
 public:
  ChangeFinder(std::span<const double> series, const ChangeOptions& options)
      : series_(series),
        options_(options),
        noise_(serial_noise(series, {options.resolution, options.penalty, options.limit})) {}

  Changes find() {
    cuts_ = noise_.changes;
    if (options_.sudden_runs == 1) add_last_run();
    return judged();
  }

 private:
  /// One run cannot be a level for the partition.
  void add_last_run() {
    const std::size_t last = series_.size() - 1, begin = cuts_.empty() ? 0 : cuts_.back();
    if (begin == last) return;
    const double level = median(series_.subspan(begin, last - begin));
    if (std::abs(series_[last] - level) >= options_.sudden) cuts_.push_back(last);
  }

  Changes judged() {
    Changes out;
    refine();
    cuts_ = without_brief_levels(series_, cuts_, options_.shortest, noise_.deviations);
    learn_noise();
    out.correlation = noise_.correlation;
    out.upper_correlation = noise_.upper_correlation;
    out.deviation = noise_.deviation;
    last_proven_ = 0;
    for (std::size_t i = 0; i < cuts_.size(); ++i) {
      out.points.push_back(judge(i));
      if (out.points.back().proven) last_proven_ = cuts_[i];
    }
    return out;
  }

  std::size_t begin_of(std::size_t cut) const { return cut == 0 ? 0 : cuts_[cut - 1]; }
  std::size_t end_of(std::size_t cut) const {
    return cut + 1 == cuts_.size() ? series_.size() : cuts_[cut + 1];
  }

  /// Extra cost of each position of a cut between its neighbours over the cheapest one, in squared
  /// deviations, if both levels are known. The first position is begin_of(cut) + 1.
  std::vector<double> costs(std::size_t number) const {
    const std::size_t begin = begin_of(number), end = end_of(number), at = cuts_[number];
    const double before = median(series_.subspan(begin, at - begin));
    const double after = median(series_.subspan(at, end - at));
    const double rho = noise_.correlation;
    const auto loss = [&](std::size_t t, double level, double previous) {
      const double innovation = series_[t] - level - rho * (series_[t - 1] - previous);
      const double variance = noise_.deviations[t] * noise_.deviations[t] * (1 - rho * rho);
      return std::min(innovation * innovation / variance, options_.limit);
    };
    std::vector<double> out;
    double moved = 0;  // what the runs that have passed to the old level cost more there
    for (std::size_t t = begin + 1; t < end; ++t) {
      out.push_back(moved + loss(t, after, before) - loss(t, after, after));
      moved += loss(t, before, before) - loss(t, after, after);
    }
    return out;
  }

  void refine() {
    for (int round = 0; round < 2; ++round) {
      for (std::size_t i = 0; i < cuts_.size(); ++i) {
        const std::vector<double> cost = costs(i);
        const auto best = std::min_element(cost.begin(), cost.end()) - cost.begin();
        cuts_[i] = begin_of(i) + 1 + static_cast<std::size_t>(best);
      }
    }
  }

  /// The noise around the levels, all runs together.
  void learn_noise() {
    residuals_.clear();
    const Bounds bounds = all_bounds();
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto stretch = series_.subspan(bounds[i], bounds[i + 1] - bounds[i]);
      const double level = median(stretch);
      for (std::size_t t = bounds[i]; t < bounds[i + 1]; ++t) {
        residuals_.push_back((series_[t] - level) / noise_.deviations[t]);
      }
    }
    scale_ = std::max(scale_of(residuals_), options_.resolution / noise_.deviation);
    double squares = 0, count = 0;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      if (bounds[i + 1] - bounds[i] < kFewestForNoise && bounds.size() > 2) continue;
      const auto [sum, runs] = innovations_of(bounds[i], bounds[i + 1]);
      squares += sum;
      count += runs - 1;
    }
    freedom_ = std::max(1.0, count);
    const double floor = options_.resolution / noise_.deviation;
    variance_ = std::max(count > 0 ? squares / count : 0, floor * floor);
  }

  /// Sum of squared innovations of a stretch, limited, and their number.
  std::pair<double, double> innovations_of(std::size_t begin, std::size_t end) const {
    const double rho = noise_.upper_correlation, first = 1 - rho * rho;
    double squares = 0;
    for (std::size_t t = begin; t < end; ++t) {
      const double now = clamped(residuals_[t]);
      const double innovation = t == begin ? now : now - rho * clamped(residuals_[t - 1]);
      squares += innovation * innovation * (t == begin ? first : 1);
    }
    return {squares, static_cast<double>(end - begin)};
  }

  /// 1 in a short history, 0 in one of twice its length: with a sudden end of what is assumed
  /// there, the next night would tell what the one before could not.
  double shortness() const {
    constexpr double kShort = kShortHistory;
    return std::clamp(2 - static_cast<double>(series_.size()) / kShort, 0.0, 1.0);
  }

  double clamped(double residual) const {
    return std::clamp(residual, -kClamp * scale_, kClamp * scale_);
  }

  /// From the level, limited, in the units of the series.
  double distance(std::size_t t) const { return clamped(residuals_[t]) * noise_.deviations[t]; }

  Bounds all_bounds() const {
    Bounds out = {0};
    out.insert(out.end(), cuts_.begin(), cuts_.end());
    out.push_back(series_.size());
    return out;
  }

  ChangePoint judge(std::size_t number) const {
    const std::size_t at = cuts_[number], reach = options_.reach;
    const std::size_t begin = std::max(begin_of(number), at > reach ? at - reach : 0);
    const std::size_t end = std::min(end_of(number), at + reach);
    ChangePoint out{at, at, at};
    add_range(number, out);
    if (is_brief(number) || was_visited(number)) return out;
    out.deviations = whitened(number, begin, end);
    if (two_sided(out.deviations) <= required()) {
      const double permuted = permutation(begin, at, end);
      if (permuted * out.deviations <= 0) {
        out.deviations = 0;
      } else if (std::abs(permuted) < std::abs(out.deviations)) {
        out.deviations = permuted;
      }
    }
    out.probability = two_sided(out.deviations);
    out.proven = out.probability <= required();
    judge_sudden(number, out);
    return out;
  }

  double required() const {
    return options_.probability *
           (noise_.upper_correlation > kHighCorrelation ? kHighCorrelationFactor : 1);
  }

  /// Whether the level before or after ended so soon that this is an excursion, not a step. The
  /// last level has not ended.
  bool is_brief(std::size_t number) const {
    const std::size_t at = cuts_[number];
    const bool ended = number + 1 < cuts_.size();
    return at - begin_of(number) < options_.shortest ||
           (ended && end_of(number) - at < options_.shortest);
  }

  /// Whether the series was at this level for short times before, none of them much shorter than
  /// now; or stays at the level before again after.
  bool was_visited(std::size_t number) const {
    const std::size_t at = cuts_[number], begin = begin_of(number), end = end_of(number);
    const double before = median(series_.subspan(begin, at - begin));
    const double after = median(series_.subspan(at, end - at));
    return visited_briefly(series_, {begin, at, end}, before, after);
  }

  /// The whitened test, as a normal deviate. Where the noise is smaller near the step than usual,
  /// the smaller one counts. If the series alternates between both levels, for example because a
  /// processor has two modes, the shape of the noise is not what the test assumes: then the usual
  /// noise counts, and the transitions between the levels must have changed too.
  double whitened(std::size_t number, std::size_t begin, std::size_t end) const {
    const std::size_t at = cuts_[number];
    const double before = median(series_.subspan(begin, at - begin));
    const double after = median(series_.subspan(at, end - at));
    constexpr std::size_t kReach = 60;
    const std::size_t from = std::max(last_proven_, at > kReach ? at - kReach : 0);
    const std::size_t to = std::min(end, at + kReach);
    const auto transitions =
        transition_probability(series_.subspan(from, to - from), at - from, (before + after) / 2);
    if (transitions && *transitions > kTransitions) return 0;
    // A short history may be calm by chance.
    const double least = shortness() * options_.prior_deviation;
    const double correlated = std::max(
        shortness() * kShortCorrelation,
        transitions && has_modes(series_, {from, at, to}, before, after) ? kAlternatingCorrelation
                                                                         : 0);
    return whitened(number, begin, end, transitions ? std::max(least, noise_.deviation) : least,
                    std::max(noise_.upper_correlation, correlated));
  }

  double whitened(std::size_t number, std::size_t begin, std::size_t end, double least,
                  double correlation) const {
    const std::size_t at = cuts_[number];
    std::vector<double> values(series_.begin() + static_cast<std::ptrdiff_t>(begin),
                               series_.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::size_t t = begin; t < end; ++t) {
      values[t - begin] += distance(t) - residuals_[t] * noise_.deviations[t];
    }
    // Where the noise is larger around this step than elsewhere, the larger one counts.
    const auto [before, runs_before] = innovations_of(begin, at);
    const auto [after, runs_after] = innovations_of(at, end);
    double variance = variance_, freedom = freedom_;
    const double local_freedom = runs_before + runs_after - 2;
    if (local_freedom >= 10 && (before + after) / local_freedom > variance) {
      variance = (before + after) / local_freedom;
      freedom = local_freedom;
    }
    std::vector<double> deviations;
    for (std::size_t t = begin; t < end; ++t) {
      deviations.push_back(std::max(noise_.deviations[t] * std::sqrt(variance),
                                    least * std::sqrt(1 - correlation * correlation)));
    }
    const double t = step_deviations(values, at - begin, correlation, deviations);
    if (t == 0) return 0;
    const double tail = student_upper_probability(freedom, std::abs(t));
    const double deviate = tail > 1e-300 ? normal_upper_quantile(tail) : 37;
    return t > 0 ? deviate : -deviate;
  }

  /// The permutation test of the runs on the shorter side among all runs nearby, each relative to
  /// its level; those of both sides relative to their common mean.
  double permutation(std::size_t begin, std::size_t at, std::size_t end) const {
    const std::size_t from = at > options_.pool ? at - options_.pool : 0;
    const std::size_t to = std::min(series_.size(), at + options_.pool);
    begin = std::max(begin, from);
    end = std::min(end, to);
    const Bounds bounds = all_bounds();
    std::vector<double> scores;
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      if (bounds[i + 1] <= from || bounds[i] >= to || bounds[i + 1] - bounds[i] < kFewestForNoise) {
        continue;
      }
      for (std::size_t t = std::max(from, bounds[i]); t < std::min(to, bounds[i + 1]); ++t) {
        if (t < begin || t >= end) scores.push_back(distance(t));
      }
    }
    const double before = median(series_.subspan(begin, at - begin));
    const double after = median(series_.subspan(at, end - at));
    double mean = 0;
    std::vector<double> both;
    for (std::size_t t = begin; t < end; ++t) {
      both.push_back((t < at ? before : after) + distance(t));
      mean += both.back() / static_cast<double>(end - begin);
    }
    for (double& value : both) value -= mean;
    const auto middle = both.begin() + static_cast<std::ptrdiff_t>(at - begin);
    const bool after_is_shorter = end - at <= at - begin;
    // The shorter side comes last.
    if (after_is_shorter) {
      scores.insert(scores.end(), both.begin(), both.end());
      return permutation_deviations(scores, end - at);
    }
    scores.insert(scores.end(), middle, both.end());
    scores.insert(scores.end(), both.begin(), middle);
    return -permutation_deviations(scores, at - begin);
  }

  /// A large change whose first runs are all beyond the prediction limit of the level before.
  void judge_sudden(std::size_t number, ChangePoint& point) const {
    const std::size_t at = point.at, begin = begin_of(number), end = end_of(number);
    if (!(options_.sudden > 0) || end - at < options_.sudden_runs) return;
    constexpr std::size_t kLongest = 30;
    const auto before = series_.subspan(begin, at - begin).last(std::min(kLongest, at - begin));
    if (before.size() < options_.sudden_before) return;
    const double level = median(before);
    const double sign = median(series_.subspan(at, end - at)) > level ? 1 : -1;
    double least = sign * (median(series_.subspan(at, end - at)) - level);
    for (std::size_t t = at; t < at + options_.sudden_runs; ++t) {
      least = std::min(least, sign * (series_[t] - level));
    }
    if (least < options_.sudden) return;
    const auto runs = static_cast<double>(before.size());
    double squares = options_.prior_runs * options_.prior_deviation * options_.prior_deviation;
    const double mean_square =
        std::max(std::pow(scale_of(before), 2), std::pow(noise_.deviations[at] * scale_, 2));
    squares += (runs - 1) * mean_square;
    const double freedom = options_.prior_runs + runs - 1;
    const double t = least / std::sqrt(squares / freedom * (1 + 1 / runs));
    const double probability = 2 * student_upper_probability(freedom, t);
    if (probability > options_.sudden_probability) return;
    point.sudden = !point.proven;
    point.proven = true;
    if (probability < point.probability) {
      point.probability = probability;
      point.deviations = sign * normal_upper_quantile(std::max(probability / 2, 1e-300));
    }
  }

  void add_range(std::size_t number, ChangePoint& point) const {
    const std::vector<double> cost = costs(number);
    const std::size_t first = begin_of(number) + 1, place = point.at - first;
    constexpr double kAllowed = 4;
    while (point.earliest > first && cost[point.earliest - 1 - first] <= cost[place] + kAllowed) {
      --point.earliest;
    }
    while (point.latest + 1 < end_of(number) &&
           cost[point.latest + 1 - first] <= cost[place] + kAllowed) {
      ++point.latest;
    }
  }

  std::span<const double> series_;
  const ChangeOptions& options_;
  const SerialNoise noise_;
  std::vector<std::size_t> cuts_;
  std::vector<double> residuals_;      ///< distances from the levels in deviations of the noise
  std::size_t last_proven_ = 0;        ///< the last proven change so far
  double scale_ = 0;                   ///< of the residuals
  double variance_ = 0, freedom_ = 0;  ///< of the innovations
};

}  // namespace

Bounds Changes::bounds(std::size_t runs) const {
  Bounds out = {0};
  for (const ChangePoint& point : points) out.push_back(point.at);
  out.push_back(runs);
  return out;
}

Bounds Changes::proven_bounds(std::size_t runs) const {
  Bounds out = {0};
  for (const ChangePoint& point : points) {
    if (point.proven) out.push_back(point.at);
  }
  out.push_back(runs);
  return out;
}

Changes change_points(std::span<const double> series, const ChangeOptions& options) {
  if (series.size() < 3) return {};
  return ChangeFinder(series, options).find();
}

std::size_t runs_until_proven(std::span<const double> series, std::size_t first,
                              const ChangeOptions& options, std::size_t most) {
  std::vector<double> continued(series.begin(), series.end());
  const std::size_t repeated = series.size() - first;
  for (std::size_t more = 1; more <= most; ++more) {
    continued.push_back(continued[continued.size() - repeated]);
    for (const ChangePoint& point : change_points(continued, options).points) {
      if (point.proven && point.at + 2 >= first && point.at <= first + 2) return more;
    }
  }
  return most + 1;
}

}  // namespace assay::results::statistics
