#include "results/regress/regress.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <set>
#include <tuple>

namespace assay::results::regress {

const HistoryRun& first_run(const Series& series, const HistoryFinding& finding) {
  return series.runs[std::min(finding.first, series.runs.size() - 1)];
}

namespace {

FindingState state_of(const HistoryFinding& finding, bool accepted) {
  if (finding.kind == FindingKind::noise) {
    return finding.recovered ? FindingState::quieter_since : FindingState::noisier;
  }
  if (!finding.worse()) return FindingState::improvement;
  if (finding.recovered) return FindingState::recovered;
  if (finding.returned && !accepted) return FindingState::returned;
  return accepted ? FindingState::accepted : FindingState::regression;
}

/// Judges each series separately.
std::vector<std::vector<HistoryFinding>> judged(Regressions& all, const RegressOptions& options) {
  std::vector<std::vector<HistoryFinding>> found(all.series.size());
  all.levels.resize(all.series.size());
  std::mutex mutex;
  std::size_t done = 0;
  tbb::parallel_for(std::size_t{0}, all.series.size(), [&](std::size_t i) {
    JudgedHistory history = judge_history(all.series[i].values(), options.findings);
    found[i] = std::move(history.findings);
    all.levels[i] = std::move(history.levels);
    const std::lock_guard lock(mutex);
    if (history.watched) all.watched.push_back({i, *history.watched});
    ++done;
    if (options.progress) options.progress(done, all.series.size());
  });
  return found;
}

/// The entry about a finding; a valid one takes precedence over an expired one.
const Accepted* entry_for(const Series& series, const HistoryFinding& finding,
                          const RegressOptions& options) {
  const Accepted* expired = nullptr;
  for (const Accepted& entry : options.accepted) {
    if (!applies_to(entry, series, finding)) continue;
    if (is_valid_on(entry, options.today)) return &entry;
    expired = &entry;
  }
  return expired;
}

/// Series whose histories are long enough at this run for a change to be found.
std::size_t present(const Regressions& all, const std::string& device, const std::string& run) {
  constexpr std::size_t kFewestBefore = 5;
  return static_cast<std::size_t>(std::ranges::count_if(all.series, [&](const Series& series) {
    const auto at =
        std::ranges::find_if(series.runs, [&](const HistoryRun& one) { return one.run == run; });
    return series.device == device && at != series.runs.end() &&
           at - series.runs.begin() >= static_cast<std::ptrdiff_t>(kFewestBefore);
  }));
}

/// Finds the runs at which nearly all series of a device changed in one direction.
void find_together(Regressions& all) {
  constexpr std::size_t kFewest = 3;
  constexpr double kShare = 0.8;
  const auto run_of = [&](const ReportedFinding& one, std::size_t i) -> const std::string& {
    const auto& runs = all.series[one.series].runs;
    return runs[std::min(i, runs.size() - 1)].run;
  };
  for (const ReportedFinding& seed : all.findings) {
    if (seed.finding.kind != FindingKind::step || seed.together) continue;
    const std::string& device = all.series[seed.series].device;
    const std::string& run = run_of(seed, seed.finding.first);
    const auto moved = [&](const ReportedFinding& one) {
      if (one.finding.kind != FindingKind::step || one.together ||
          one.finding.worse() != seed.finding.worse() || all.series[one.series].device != device) {
        return false;
      }
      for (std::size_t i = one.finding.earliest; i <= one.finding.latest; ++i) {
        if (run_of(one, i) == run) return true;
      }
      return false;
    };
    std::set<std::size_t> series;
    std::vector<double> changes;
    for (const ReportedFinding& one : all.findings) {
      if (moved(one) && series.insert(one.series).second) {
        changes.push_back(one.finding.change.value);
      }
    }
    const std::size_t of = present(all, device, run);
    if (series.size() < kFewest ||
        static_cast<double>(series.size()) < kShare * static_cast<double>(of)) {
      continue;
    }
    const CommonChange common{device,        seed.series, seed.finding.first,
                              series.size(), of,          statistics::median(changes)};
    std::vector<ReportedFinding*> members;
    for (ReportedFinding& one : all.findings) {
      if (moved(one)) members.push_back(&one);
    }
    for (ReportedFinding* one : members) one->together = all.together.size();
    all.together.push_back(common);
  }
}

/// A finding that is not certain enough among so many series is watched instead.
void watch_dropped(Regressions& all, const std::vector<std::vector<HistoryFinding>>& found,
                   const std::function<void()>& control) {
  const auto before = found;
  control();
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].empty() || !found[i].empty()) continue;
    const HistoryFinding& last = before[i].back();
    if (!last.worse() || last.recovered || last.kind != FindingKind::step) continue;
    std::erase_if(all.watched, [&](const WatchedSeries& one) { return one.series == i; });
    all.watched.push_back({i, {last.first, last.before, last.after, 0}});
  }
}

/// Leaves out series that are already reported as worse, and sorts by size.
void tidy_watched(Regressions& all) {
  std::erase_if(all.watched, [&](const WatchedSeries& watched) {
    return std::ranges::any_of(all.findings, [&](const ReportedFinding& one) {
      return one.series == watched.series && one.finding.worse() && !one.finding.recovered &&
             one.finding.first >= watched.watched.first;
    });
  });
  std::ranges::sort(all.watched, [](const WatchedSeries& a, const WatchedSeries& b) {
    return std::pair(-a.watched.change(), a.series) < std::pair(-b.watched.change(), b.series);
  });
}

/// The newest run that measured a series again after `since`; or null.
const HistoryRun* measured_again(std::span<const Series> again, const std::string& key,
                                 const std::string& since, const std::string& run) {
  const auto series = std::ranges::find(again, key, &Series::key);
  if (series == again.end()) return nullptr;
  const HistoryRun* out = nullptr;
  for (const HistoryRun& one : series->runs) {
    if (one.started > since && (run.empty() || one.run == run)) out = &one;
  }
  return out;
}

/// Those that were measured again in this run.
std::vector<Control> controls_of(const Regressions& all, std::span<const Series> again,
                                 std::size_t suspicious, const HistoryRun& run) {
  std::vector<Control> out;
  for (std::size_t i = 0; i < all.series.size(); ++i) {
    const Series& one = all.series[i];
    const bool changed = std::ranges::any_of(all.findings, [&](const ReportedFinding& other) {
      return other.series == i && other.finding.worse();
    });
    if (i == suspicious || changed || one.device != all.series[suspicious].device ||
        one.runs.empty()) {
      continue;
    }
    const HistoryRun* values = measured_again(again, one.key(), "", run.run);
    if (values == nullptr) continue;
    const std::vector<double> history = one.values();
    const std::size_t begin = all.levels[i][all.levels[i].size() - 2];
    out.push_back({statistics::median(std::span(history).subspan(begin)), values->values()});
  }
  return out;
}

/// Says why a series that was measured again has no usable result.
void note_unused(std::span<const Series> again, const std::string& key, const std::string& since,
                 Confirmed& out) {
  const auto series = std::ranges::find(again, key, &Series::key);
  if (series == again.end()) return;
  for (const UnusedResult& one : series->unused) {
    if (one.started <= since) continue;
    out.run = one.run;
    out.unused = one.trust.names();
  }
}

/// A confirmation holds for good. Any other outcome holds until the next night: if that is slow
/// again, it is suspicious again.
void apply_confirmations(Regressions& all, std::span<const Series> again) {
  for (ReportedFinding& one : all.findings) {
    if (one.state != FindingState::regression || one.finding.kind != FindingKind::step) continue;
    const Series& series = all.series[one.series];
    const std::string& since = first_run(series, one.finding).started;
    const HistoryRun* run = measured_again(again, series.key(), since, "");
    if (run == nullptr) {
      note_unused(again, series.key(), since, one.confirmed);
      continue;
    }
    one.confirmed =
        judge_again(one.finding, run->values(), controls_of(all, again, one.series, *run));
    one.confirmed.run = run->run;
    if (run->started < series.runs.back().started) continue;
    if (one.confirmed.outcome == Confirmation::machine) one.state = FindingState::of_machine;
    if (one.confirmed.outcome == Confirmation::back) one.state = FindingState::unconfirmed;
  }
}

void count_judged(Regressions& all, const FindingOptions& options) {
  const std::size_t fewest = fewest_runs(options);
  std::size_t longest = 0;
  for (const Series& one : all.series) {
    const std::size_t runs = one.runs.size();
    if (runs < fewest) {
      ++all.short_series;
      longest = std::max(longest, runs);
    } else if (runs < kFewestForSteps) {
      ++all.large_only;
    }
  }
  if (all.short_series > 0) all.missing_runs = fewest - longest;
}

}  // namespace

std::string_view name(FindingState state) {
  switch (state) {
    case FindingState::regression:
      return "regression";
    case FindingState::returned:
      return "returned";
    case FindingState::unconfirmed:
      return "not confirmed";
    case FindingState::of_machine:
      return "the machine, not the code";
    case FindingState::recovered:
      return "recovered";
    case FindingState::accepted:
      return "accepted";
    case FindingState::improvement:
      return "improvement";
    case FindingState::noisier:
      return "noisier";
    case FindingState::quieter_since:
      return "noisier for a time";
  }
  return "";
}

std::size_t Regressions::regressions() const {
  return static_cast<std::size_t>(
      std::ranges::count(findings, FindingState::regression, &ReportedFinding::state));
}

ToMeasureAgain to_measure_again(const Regressions& found) {
  ToMeasureAgain out;
  std::set<std::string> devices;
  std::set<std::size_t> not_quiet;
  for (const ReportedFinding& one : found.findings) {
    not_quiet.insert(one.series);
    const Series& series = found.series[one.series];
    const bool suspicious = one.state == FindingState::regression &&
                            one.finding.kind == FindingKind::step &&
                            one.finding.first + kRecentRuns >= series.runs.size() &&
                            one.confirmed.outcome != Confirmation::confirmed;
    if (!suspicious || out.suspicious.size() >= kMostMeasured ||
        std::ranges::count(out.suspicious, one.series) > 0) {
      continue;
    }
    out.suspicious.push_back(one.series);
    devices.insert(series.device);
  }
  for (const WatchedSeries& one : found.watched) not_quiet.insert(one.series);
  for (const std::string& device : devices) {
    std::vector<std::pair<double, std::size_t>> quiet;
    for (std::size_t i = 0; i < found.series.size(); ++i) {
      const Series& one = found.series[i];
      if (one.device != device || not_quiet.contains(i) || one.runs.size() < kFewestRuns ||
          one.quantity != HistoryQuantity::time) {
        continue;
      }
      const std::vector<double> values = one.values();
      const auto level = std::span(values).subspan(found.levels[i][found.levels[i].size() - 2]);
      quiet.emplace_back(statistics::robust_deviation(level) / statistics::median(level), i);
    }
    std::ranges::sort(quiet);
    for (std::size_t i = 0; i < std::min(kControls, quiet.size()); ++i) {
      out.controls.push_back(quiet[i].second);
    }
  }
  return out;
}

Regressions find_regressions(std::vector<Series> series, const RegressOptions& options,
                             const std::function<std::string(const std::string&)>& environment) {
  Regressions out;
  out.series = std::move(series);
  auto found = judged(out, options);
  std::vector<std::size_t> runs;
  for (const Series& one : out.series) runs.push_back(one.runs.size());
  count_judged(out, options.findings);
  watch_dropped(out, found, [&] { control_false_findings(found, runs, options.false_share); });
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Series& one = out.series[i];
    for (const HistoryFinding& finding : found[i]) {
      const std::size_t first = std::min(finding.first, one.runs.size() - 1);
      if (one.runs[first].started < options.since) continue;
      ReportedFinding reported{
          i, finding, FindingState::regression, entry_for(one, finding, options), false, {}};
      reported.expired =
          reported.accepted != nullptr && !is_valid_on(*reported.accepted, options.today);
      reported.state = state_of(finding, reported.accepted != nullptr && !reported.expired);
      const HistoryRun& before = one.runs[first > 0 ? first - 1 : 0];
      const HistoryRun& after = one.runs[first];
      if (environment && before.environment != after.environment) {
        reported.environment = record::environment_changes(environment(before.environment),
                                                           environment(after.environment));
      }
      out.findings.push_back(std::move(reported));
    }
  }
  apply_confirmations(out, options.confirmations);
  out.irregular = irregularities(out.series);
  std::ranges::stable_sort(out.findings, [](const ReportedFinding& a, const ReportedFinding& b) {
    return std::tuple(a.state, -std::abs(a.finding.change.value)) <
           std::tuple(b.state, -std::abs(b.finding.change.value));
  });
  find_together(out);
  tidy_watched(out);
  for (const Accepted& entry : options.accepted) {
    const bool used = std::ranges::any_of(
        out.findings, [&](const ReportedFinding& reported) { return reported.accepted == &entry; });
    if (!used) out.unused.push_back(&entry);
  }
  return out;
}

}  // namespace assay::results::regress
