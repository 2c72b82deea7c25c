#include "results/regress/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::results::regress {

namespace {

using page::percent_text;

std::string run_text(const HistoryRun& run) {
  return fmt::format("run {} of {}", page::short_id(run.run), day_text(run));
}

/// "365 runs from 2025-11-25 to 2026-11-25".
std::string extent_text(const Regressions& found) {
  std::set<std::string> runs;
  std::string first, last;
  for (const Series& series : found.series) {
    for (const HistoryRun& run : series.runs) {
      runs.insert(run.run);
      if (first.empty() || run.started < first) first = run.started;
      last = std::max(last, run.started);
    }
  }
  if (runs.empty()) return "no run";
  return fmt::format("{}, {} to {}", page::counted(runs.size(), "run"), first.substr(0, 10),
                     last.substr(0, 10));
}

/// "3 runs with results that were not used: 5 busy (other work on the machine), the newest run
/// among them"; empty if all were used.
std::string unused_text(const Regressions& found) {
  std::map<trust::Fault, std::size_t> faults;
  std::set<std::pair<std::string, std::string>> runs;
  std::string newest;
  for (const Series& series : found.series) {
    for (const HistoryRun& run : series.runs) newest = std::max(newest, run.started);
    for (const UnusedResult& one : series.unused) {
      ++faults[one.trust.doubts.front().fault];
      runs.emplace(one.started, one.run);
    }
  }
  std::set<std::string> ids;
  for (const auto& [started, run] : runs) ids.insert(run);
  if (ids.empty()) return "";
  std::string text =
      fmt::format("{} with results that were not used", page::counted(ids.size(), "run"));
  const char* separator = ": ";
  for (const auto& [fault, number] : faults) {
    text += fmt::format("{}{} {} ({})", separator, number, name(fault), facts(fault).meaning);
    separator = ", ";
  }
  return runs.rbegin()->first > newest ? text + "; the newest result is one of them" : text;
}

std::string limits_text(const Regressions& found) {
  std::string text;
  if (found.short_series > 0) {
    text += fmt::format("; {} cannot be judged yet: {} needed", found.short_series,
                        page::counted(found.missing_runs, "more run"));
  }
  if (found.large_only > 0) {
    text += fmt::format("; in {} with fewer than {} runs only changes above about 20% can be told",
                        found.large_only, kFewestForSteps);
  }
  if (const std::string irregular = found.irregular.text(); !irregular.empty()) {
    text += "; " + irregular;
  }
  return text;
}

}  // namespace

std::string day_text(const HistoryRun& run) {
  return run.started.substr(0, 10);
}

std::string what_text(const Series& series) {
  return fmt::format("{} · {}", record::brief_problem(series.problem), series.implementation);
}

std::string what_text_with_mode(const Series& series) {
  return fmt::format("{}, {}", what_text(series), name(series.mode));
}

std::string size_text(const Series& series, const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  if (finding.kind == FindingKind::noise) {
    return fmt::format("noise {} times as large: deviation {} to {}",
                       page::three_digits(1 + finding.change.value), percent_text(finding.before),
                       percent_text(finding.after));
  }
  const bool more = finding.change.value > 0;
  const auto& interval = finding.change.interval;
  const double lower = more ? interval.lower : -interval.upper;
  const double upper = more ? interval.upper : -interval.lower;
  return fmt::format("{} {} {} [{}, {}]: {} to {}", percent_text(std::abs(finding.change.value)),
                     more ? "more" : "less", name(series.quantity), percent_text(lower),
                     percent_text(upper), value_text(series, finding.before),
                     value_text(series, finding.after));
}

std::string when_text(const Series& series, const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  const auto run_at = [&](std::size_t i) -> const HistoryRun& {
    return series.runs[std::min(i, series.runs.size() - 1)];
  };
  if (finding.kind == FindingKind::drift) {
    return fmt::format("gradually from {} to {}", run_text(run_at(finding.first)),
                       run_text(run_at(finding.last)));
  }
  std::string text = "since " + run_text(run_at(finding.first));
  if (finding.earliest < finding.latest) {
    text += fmt::format(", or a run from {} to {}", day_text(run_at(finding.earliest)),
                        day_text(run_at(finding.latest)));
  }
  if (finding.first > 0) {
    const int gap = days_between(run_at(finding.first - 1).started, run_at(finding.first).started);
    if (gap > kGapDays) {
      text += fmt::format(", the first after a gap of {} days: it may have changed on any of them",
                          gap);
    }
  }
  return text;
}

std::string change_text(const Regressions& found, const ReportedFinding& reported) {
  const Series& series = found.series[reported.series];
  return fmt::format("{}, {}", size_text(series, reported), when_text(series, reported));
}

std::string accepted_text(const ReportedFinding& reported) {
  if (reported.accepted == nullptr) return "";
  return fmt::format("{} {} ({}): {}", reported.expired ? "was accepted until" : "accepted until",
                     reported.accepted->until, reported.accepted->place, reported.accepted->reason);
}

std::string confirmed_text(const Series& series, const ReportedFinding& reported) {
  const Confirmed& again = reported.confirmed;
  if (again.run.empty()) return "";
  if (!again.unused.empty()) {
    return fmt::format("measured again (run {}), but no result can be used: {}",
                       page::short_id(again.run), again.unused);
  }
  std::string text =
      fmt::format("measured again in {} (run {}): {}, {}",
                  again.processes == 1 ? std::string("1 process")
                                       : fmt::format("{} processes", again.processes),
                  page::short_id(again.run), value_text(series, again.value), name(again.outcome));
  if (again.outcome == Confirmation::none) {
    text += fmt::format(": at least {} usable processes are needed", kFewestProcesses);
  }
  if (again.controls == 0) return text + "; no quiet series was measured beside it";
  return text + fmt::format("; {} of {} quiet series moved as well", again.moved, again.controls);
}

std::string together_text(const Regressions& found, const CommonChange& common) {
  const auto& runs = found.series[common.series].runs;
  return fmt::format(
      "{} of {} series of {} changed at {}: {} (median). Look for the cause in the machine (clock, "
      "power, cooling, driver, other work), not in one implementation.",
      common.moved, common.all, common.device,
      run_text(runs[std::min(common.run, runs.size() - 1)]), page::change_text(common.change));
}

std::string watched_text(const Regressions& found, const WatchedSeries& one) {
  const Series& series = found.series[one.series];
  const std::string tell =
      one.watched.more == 0
          ? fmt::format("more than {} runs at this level would be needed to tell", kMostMore)
          : fmt::format("{} at this level will tell", page::counted(one.watched.more, "more run"));
  return fmt::format("since {}: {}", run_text(series.runs[one.watched.first]), tell);
}

std::string summary_text(const Regressions& found) {
  std::map<FindingState, std::size_t> counts;
  for (const ReportedFinding& reported : found.findings) ++counts[reported.state];
  std::string text = page::counted(counts[FindingState::regression], "regression");
  for (const auto& [state, count] : counts) {
    if (state == FindingState::regression || count == 0) continue;
    text += fmt::format(", {} {}", count, name(state));
  }
  text += fmt::format(" in {} series ({})", found.series.size(), extent_text(found));
  if (const std::string unused = unused_text(found); !unused.empty()) text += "; " + unused;
  return text + limits_text(found);
}

}  // namespace assay::results::regress
