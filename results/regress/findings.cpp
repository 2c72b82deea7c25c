#include "results/regress/findings.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "results/statistics/ramp.h"

namespace assay::results::regress {

namespace {

/// Fewest runs of a drift; a faster change is a step.
constexpr std::size_t kShortestDrift = 14;
/// Fewest runs with increased noise, and before it.
constexpr std::size_t kShortestNoise = 10;
/// Required difference in favour of a drift by the Bayesian information criterion (Kass & Raftery
/// 1995: strong).
constexpr double kStrong = 6;

/// The logarithms of the values, with their levels.
class History {
 public:
  History(std::span<const double> values, const FindingOptions& options)
      : options_(options), change_options_(options.changes) {
    if (options.alert_first) change_options_.sudden_runs = 1;
    logs_.reserve(values.size());
    for (const double value : values) logs_.push_back(std::log(value));
    changes_ = statistics::change_points(logs_, change_options_);
    bounds_ = changes_.bounds(logs_.size());
    proven_bounds_ = changes_.proven_bounds(logs_.size());
  }

  const statistics::Bounds& levels() const { return proven_bounds_; }

  std::vector<HistoryFinding> findings() const {
    std::vector<HistoryFinding> out;
    const std::size_t count = changes_.points.size();
    for (std::size_t from = 0; from < count;) {
      std::size_t to = from + 1;
      while (to < count && rises(to) == rises(from)) ++to;
      add_group(from, to, out);
      from = to;
    }
    add_noise(out);
    return out;
  }

  /// The last change if it is worse, large enough to report, and not certain; or the last run if it
  /// lies far above the level.
  std::optional<Watched> watched() const {
    constexpr double kFar = 5;
    const std::size_t runs = logs_.size();
    std::size_t first = runs - 1;
    const std::size_t last = bounds_[bounds_.size() - 2];
    double before = level(bounds_.size() - 2), least = kFar * changes_.deviation;
    if (!changes_.points.empty() && !changes_.points.back().proven && last + kMostMore > runs) {
      first = last;
      before = level(bounds_.size() - 3);
      least = 0;
    }
    if (first - std::min(first, bounds_[bounds_.size() - (first == last ? 3 : 2)]) <
        change_options_.shortest) {
      return std::nullopt;
    }
    const double after = statistics::median(stretch(first, runs));
    if (after - before < std::max(least, std::log1p(options_.minimum_effect))) return std::nullopt;
    Watched out{first, std::exp(before), std::exp(after), 0};
    out.more = statistics::runs_until_proven(logs_, first, change_options_, kMostMore);
    if (out.more > kMostMore) out.more = 0;
    return out;
  }

 private:
  using Values = std::span<const double>;

  Values stretch(std::size_t begin, std::size_t end) const {
    return Values(logs_).subspan(begin, end - begin);
  }

  double level(std::size_t number) const {
    return statistics::median(stretch(bounds_[number], bounds_[number + 1]));
  }
  /// Whether the level after a change is above the one before.
  bool rises(std::size_t change) const { return level(change + 1) > level(change); }

  statistics::Shift between(Values before, Values after) const {
    const std::size_t reach = options_.changes.reach;
    if (before.size() > reach) before = before.last(reach);
    if (after.size() > reach) after = after.first(reach);
    return statistics::shift_between(
        before, after, options_.confidence,
        statistics::variance_inflation(changes_.upper_correlation, before.size(), after.size()));
  }

  static statistics::Shift relative(const statistics::Shift& logs) {
    return {std::expm1(logs.value),
            {std::expm1(logs.interval.lower), std::expm1(logs.interval.upper)}};
  }

  bool too_small(const statistics::Shift& change) const {
    return std::max(std::abs(change.interval.lower), std::abs(change.interval.upper)) <
           options_.minimum_effect;
  }

  /// Whether the last level that is certain is again as good as the level of these runs.
  bool is_recovered(std::size_t before_begin, std::size_t before_end) const {
    const statistics::Shift now =
        relative(between(stretch(before_begin, before_end),
                         stretch(proven_bounds_[proven_bounds_.size() - 2], logs_.size())));
    return now.interval.upper < options_.minimum_effect;
  }

  void add(HistoryFinding finding, std::size_t before_begin, std::size_t before_end, Values after,
           std::vector<HistoryFinding>& out) const {
    const Values before = stretch(before_begin, before_end);
    finding.before = std::exp(statistics::median(before));
    finding.after = std::exp(statistics::median(after));
    finding.change = relative(between(before, after));
    if (too_small(finding.change)) return;
    finding.recovered = finding.worse() && is_recovered(before_begin, before_end);
    out.push_back(finding);
  }

  /// Successive changes in one direction: separate steps, or a drift that looks like several steps.
  void add_group(std::size_t from, std::size_t to, std::vector<HistoryFinding>& out) const {
    const auto points = std::span(changes_.points).subspan(from, to - from);
    if (std::ranges::none_of(points, &statistics::ChangePoint::proven)) return;
    const std::size_t begin = bounds_[from], end = bounds_[to + 1];
    if (const auto drift = drift_over(from, to, begin, end)) {
      HistoryFinding finding = *drift;
      const std::size_t quiet_before = std::max<std::size_t>(3, finding.first + 1 - begin);
      const std::size_t quiet_after = std::max<std::size_t>(3, end - finding.last);
      add(finding, begin, begin + quiet_before, stretch(end - quiet_after, end), out);
      return;
    }
    for (std::size_t i = from; i < to; ++i) {
      const statistics::ChangePoint& point = changes_.points[i];
      if (!point.proven) continue;
      HistoryFinding step;
      step.first = step.last = point.at;
      step.earliest = point.earliest;
      step.latest = point.latest;
      step.probability = point.probability;
      step.sudden = point.sudden;
      step.returned = alternations(i) >= kAlternations;
      add(step, bounds_[i], bounds_[i + 1], stretch(bounds_[i + 1], bounds_[i + 2]), out);
    }
  }

  /// How many separate stays at the level after a change came before it, and at the level before
  /// came after it; levels that are not proven count as well. A level is another one if it is
  /// farther away than half of the change: a stay there is none, and does not end one.
  std::size_t alternations(std::size_t change) const {
    const double before = level(change), after = level(change + 1);
    const double reach = std::abs(after - before) / 2;
    const std::size_t at = bounds_[change + 1];
    const auto is_at = [&](std::size_t number, double there) {
      return std::abs(level(number) - there) < reach;
    };
    std::size_t stays = 0;
    bool apart = true;  // from the last stay that counted
    for (std::size_t i = change; i-- > 0 && bounds_[i + 1] + kAlternationReach > at;) {
      if (is_at(i, after) && apart) ++stays;
      apart = is_at(i, before) || (apart && !is_at(i, after));
    }
    apart = true;
    for (std::size_t i = change + 2; i + 1 < bounds_.size() && bounds_[i] < at + kAlternationReach;
         ++i) {
      if (is_at(i, before) && apart) ++stays;
      apart = is_at(i, after) || (apart && !is_at(i, before));
    }
    return stays;
  }

  std::optional<HistoryFinding> drift_over(std::size_t from, std::size_t to, std::size_t begin,
                                           std::size_t end) const {
    const std::vector<double> tamed = without_outliers(from, to, begin, end);
    const auto n = static_cast<double>(tamed.size());
    double steps = 0;
    for (std::size_t i = from; i <= to; ++i) {
      const auto part = Values(tamed).subspan(bounds_[i] - begin, bounds_[i + 1] - bounds_[i]);
      double mean = 0, squares = 0;
      for (const double x : part) mean += x / static_cast<double>(part.size());
      for (const double x : part) squares += (x - mean) * (x - mean);
      steps += squares;
    }
    const statistics::Ramp ramp = statistics::best_ramp(tamed, kShortestDrift);
    if (!(ramp.squares < steps) && to - from == 1) return std::nullopt;
    // Parameters: a level and the position and size of each step; or two levels and both ends of a
    // ramp.
    const auto criterion = [&](double squares, double parameters) {
      return n * std::log(std::max(squares, 1e-30) / n) + parameters * std::log(n);
    };
    const double favour =
        criterion(steps, 1 + 2 * static_cast<double>(to - from)) - criterion(ramp.squares, 4);
    if (favour < kStrong) return std::nullopt;
    HistoryFinding out;
    out.kind = FindingKind::drift;
    out.first = out.earliest = begin + ramp.begin;
    out.last = out.latest = begin + ramp.end;
    out.probability = 1;
    for (std::size_t i = from; i < to; ++i) {
      out.probability = std::min(out.probability, changes_.points[i].probability);
    }
    return out;
  }

  /// The values of a segment, clamped to three deviations from their levels.
  std::vector<double> without_outliers(std::size_t from, std::size_t to, std::size_t begin,
                                       std::size_t end) const {
    std::vector<double> out(logs_.begin() + static_cast<std::ptrdiff_t>(begin),
                            logs_.begin() + static_cast<std::ptrdiff_t>(end));
    for (std::size_t i = from; i <= to; ++i) {
      const Values part = stretch(bounds_[i], bounds_[i + 1]);
      const double level = statistics::median(part), limit = 3 * statistics::robust_deviation(part);
      if (!(limit > 0)) continue;
      for (std::size_t j = bounds_[i]; j < bounds_[i + 1]; ++j) {
        out[j - begin] = std::clamp(out[j - begin], level - limit, level + limit);
      }
    }
    return out;
  }

  void add_noise(std::vector<HistoryFinding>& out) const {
    std::vector<double> distances(logs_.size());
    for (std::size_t i = 0; i + 1 < bounds_.size(); ++i) {
      const double level = statistics::median(stretch(bounds_[i], bounds_[i + 1]));
      for (std::size_t j = bounds_[i]; j < bounds_[i + 1]; ++j) {
        distances[j] = std::abs(logs_[j] - level);
      }
    }
    statistics::ChangeOptions options = change_options_;
    options.sudden = 0;
    options.resolution = 1e-5;
    const statistics::Changes changes = statistics::change_points(distances, options);
    const statistics::Bounds bounds = changes.bounds(distances.size());
    for (std::size_t i = 0; i < changes.points.size(); ++i) {
      const statistics::ChangePoint& point = changes.points[i];
      const std::size_t shorter = std::min(point.at - bounds[i], bounds[i + 2] - point.at);
      if (!point.proven || shorter < kShortestNoise) continue;
      const auto deviation = [&](std::size_t from, std::size_t to) {
        return 1.4826 * statistics::median(Values(distances).subspan(from, to - from));
      };
      HistoryFinding finding;
      finding.kind = FindingKind::noise;
      finding.first = finding.last = point.at;
      finding.earliest = point.earliest;
      finding.latest = point.latest;
      finding.before = deviation(bounds[i], bounds[i + 1]);
      finding.after = deviation(bounds[i + 1], bounds[i + 2]);
      finding.probability = point.probability;
      if (!(finding.after > options_.noise_factor * finding.before)) continue;
      const double ratio = finding.after / std::max(finding.before, 1e-12);
      finding.change = {ratio - 1, {ratio - 1, ratio - 1}};
      finding.recovered =
          i + 1 < changes.points.size() && deviation(bounds[bounds.size() - 2], bounds.back()) <
                                               options_.noise_factor * finding.before;
      out.push_back(finding);
    }
  }

  const FindingOptions& options_;
  statistics::ChangeOptions change_options_;
  std::vector<double> logs_;
  statistics::Changes changes_;
  statistics::Bounds bounds_;         ///< of all levels
  statistics::Bounds proven_bounds_;  ///< of those between proven changes
};

}  // namespace

std::string_view name(FindingKind kind) {
  switch (kind) {
    case FindingKind::step:
      return "step";
    case FindingKind::drift:
      return "drift";
    case FindingKind::noise:
      return "noise";
  }
  return "";
}

JudgedHistory judge_history(std::span<const double> values, const FindingOptions& options) {
  if (values.size() < fewest_runs(options)) return {{}, {0, values.size()}, std::nullopt};
  const History history(values, options);
  return {history.findings(), history.levels(), history.watched()};
}

std::size_t fewest_runs(const FindingOptions& options) {
  return kFewestRuns - (options.alert_first ? 1 : 0);
}

void control_false_findings(std::vector<std::vector<HistoryFinding>>& findings,
                            std::span<const std::size_t> runs, double share) {
  std::vector<HistoryFinding*> all;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (HistoryFinding& finding : findings[i]) {
      finding.false_share = std::min(1.0, finding.probability * static_cast<double>(runs[i]));
      all.push_back(&finding);
    }
  }
  std::ranges::sort(all, {}, &HistoryFinding::false_share);
  const auto tests = static_cast<double>(std::max(findings.size(), all.size()));
  double least = 1;
  for (std::size_t rank = all.size(); rank-- > 0;) {
    least = std::min(least, all[rank]->false_share * tests / static_cast<double>(rank + 1));
    all[rank]->false_share = least;
  }
  for (auto& of_series : findings) {
    std::erase_if(of_series, [&](const auto& finding) { return finding.false_share > share; });
  }
}

}  // namespace assay::results::regress
