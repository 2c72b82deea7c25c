#include "harness/cli/regress/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/cli/regress/notes.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::cli::regress {

namespace {

using results::page::percent_text;
using results::regress::FindingKind;
using results::regress::FindingState;
using results::regress::HistoryRun;
using results::regress::Regressions;
using results::regress::ReportedFinding;
using results::regress::Series;

constexpr std::size_t kChart = 60;
/// How many differences of environments are listed.
constexpr std::size_t kShownChanges = 6;

std::string day(const HistoryRun& run) {
  return run.started.substr(0, 10);
}

std::string run_text(const HistoryRun& run) {
  return fmt::format("run {} of {}", results::page::short_id(run.run), day(run));
}

std::string what(const Series& series) {
  return fmt::format("{} · {}", results::record::brief_problem(series.problem),
                     series.implementation);
}

/// "2.1% more time [1.8%, 2.4%]", "noise 2.3 times as large: deviation 1.1% to 2.5%".
std::string size_text(const Series& series, const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  if (finding.kind == FindingKind::noise) {
    return fmt::format("noise {} times as large: deviation {} to {}",
                       results::page::three_digits(1 + finding.change.value),
                       percent_text(finding.before), percent_text(finding.after));
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

/// "since run 82d22864 of 2026-11-12, or a run from 2026-11-11 to 2026-11-13".
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
    text += fmt::format(", or a run from {} to {}", day(run_at(finding.earliest)),
                        day(run_at(finding.latest)));
  }
  if (finding.first > 0) {
    const int gap = results::regress::days_between(run_at(finding.first - 1).started,
                                                   run_at(finding.first).started);
    if (gap > results::regress::kGapDays) {
      text += fmt::format(", the first after a gap of {} days: it may have changed on any of them",
                          gap);
    }
  }
  return text;
}

std::string accepted_text(const ReportedFinding& reported) {
  if (reported.accepted == nullptr) return "";
  return fmt::format("{} {} ({}): {}", reported.expired ? "was accepted until" : "accepted until",
                     reported.accepted->until, reported.accepted->place, reported.accepted->reason);
}

std::string changes_text(const ReportedFinding& reported) {
  std::string text;
  const std::size_t shown = std::min(kShownChanges, reported.environment.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const auto& change = reported.environment[i];
    text += harness::terminal::wrapped(
        fmt::format("{}: {} -> {}", change.key, change.before, change.after), 6);
  }
  if (shown < reported.environment.size()) {
    text += fmt::format("      and {} more (--json)\n", reported.environment.size() - shown);
  }
  return text;
}

harness::terminal::Style style_of(FindingState state) {
  switch (state) {
    case FindingState::regression:
      return harness::terminal::Style::bad;
    case FindingState::improvement:
      return harness::terminal::Style::good;
    case FindingState::noisier:
    case FindingState::returned:
    case FindingState::unconfirmed:
    case FindingState::of_machine:
      return harness::terminal::Style::doubtful;
    default:
      return harness::terminal::Style::faint;
  }
}

std::string title(const ReportedFinding& reported, bool colour) {
  const std::string word = fmt::format(
      "{}{}", name(reported.state), reported.finding.kind == FindingKind::drift ? ", a drift" : "");
  return harness::terminal::styled(word, style_of(reported.state), colour) + "\n";
}

std::string finding_text(const Regressions& found, const ReportedFinding& reported,
                         const RegressStyle& style) {
  const Series& series = found.series[reported.series];
  std::string text = title(reported, style.colour);
  text += harness::terminal::wrapped(what(series), 2, static_cast<int>(style.width));
  text += harness::terminal::wrapped(fmt::format("{}, {}", series.device, name(series.mode)), 4);
  text += "    " +
          harness::terminal::bars(harness::terminal::course(shown_values(series), kChart)) + "\n";
  text += harness::terminal::wrapped(size_text(series, reported), 4);
  text += harness::terminal::wrapped(when_text(series, reported), 4);
  if (reported.state == FindingState::returned) {
    text += harness::terminal::wrapped("the series was at this level before: no new regression", 4);
  }
  if (const std::string again = confirmed_text(series, reported); !again.empty()) {
    text += harness::terminal::wrapped(again, 4);
  }
  if (reported.environment.empty()) {
    text += harness::terminal::wrapped("the recorded environment did not change", 4);
  } else {
    text += "    changed at the same time:\n" + changes_text(reported);
  }
  if (const std::string accepted = accepted_text(reported); !accepted.empty()) {
    text += harness::terminal::wrapped(accepted, 4);
  }
  return text + "\n";
}

bool is_shown(const ReportedFinding& reported, bool all) {
  return all || reported.state == FindingState::regression ||
         reported.state == FindingState::noisier || reported.state == FindingState::returned ||
         reported.state == FindingState::unconfirmed ||
         reported.state == FindingState::of_machine || reported.expired;
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
  return fmt::format("{}, {} to {}", results::page::counted(runs.size(), "run"),
                     first.substr(0, 10), last.substr(0, 10));
}

/// "3 runs with results that were not used: 5 busy (other work on the machine), the newest run
/// among them"; empty if all were used.
std::string unused_text(const Regressions& found) {
  std::map<results::trust::Fault, std::size_t> faults;
  std::set<std::pair<std::string, std::string>> runs;
  std::string newest;
  for (const Series& series : found.series) {
    for (const HistoryRun& run : series.runs) newest = std::max(newest, run.started);
    for (const results::regress::UnusedResult& one : series.unused) {
      ++faults[one.trust.doubts.front().fault];
      runs.emplace(one.started, one.run);
    }
  }
  std::set<std::string> ids;
  for (const auto& [started, run] : runs) ids.insert(run);
  if (ids.empty()) return "";
  std::string text =
      fmt::format("{} with results that were not used", results::page::counted(ids.size(), "run"));
  const char* separator = ": ";
  for (const auto& [fault, number] : faults) {
    text += fmt::format("{}{} {} ({})", separator, number, name(fault), facts(fault).meaning);
    separator = ", ";
  }
  return runs.rbegin()->first > newest ? text + "; the newest result is one of them" : text;
}

std::string summary(const Regressions& found) {
  std::map<FindingState, std::size_t> counts;
  for (const ReportedFinding& reported : found.findings) ++counts[reported.state];
  std::string text = results::page::counted(counts[FindingState::regression], "regression");
  for (const auto& [state, count] : counts) {
    if (state == FindingState::regression || count == 0) continue;
    text += fmt::format(", {} {}", count, name(state));
  }
  text += fmt::format(" in {} series ({})", found.series.size(), extent_text(found));
  if (const std::string unused = unused_text(found); !unused.empty()) text += "; " + unused;
  return text + limits_text(found);
}

/// "+5.0% 2026-11-12", "noise ×3.00 2026-11-12".
std::string last_text(const Series& series, const ReportedFinding& reported) {
  const double change = reported.finding.change.value;
  return fmt::format("{} {}",
                     reported.finding.kind == FindingKind::noise
                         ? "noise ×" + results::page::three_digits(1 + change)
                         : results::page::change_text(change),
                     day(series.runs[std::min(reported.finding.first, series.runs.size() - 1)]));
}

std::string markdown_cell(std::string text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string regressions_text(const Regressions& found, const RegressStyle& style) {
  std::string text = together_text(found, style);
  for (const ReportedFinding& reported : found.findings) {
    if (is_shown(reported, style.all) && !reported.together) {
      text += finding_text(found, reported, style);
    }
  }
  text += watching_text(found, style);
  for (const results::regress::Accepted* entry : found.unused) {
    text += harness::terminal::wrapped(
        fmt::format("{}: `{}` matches no change", entry->place, entry->series), 0);
  }
  text += harness::terminal::wrapped(summary(found), 0);
  if (found.regressions() > 0) {
    text += harness::terminal::wrapped(
        "To accept a change: [[accepted]] series, run, reason, until (see --help).", 0);
  }
  return text;
}

std::string change_text(const Regressions& found, const ReportedFinding& reported) {
  const Series& series = found.series[reported.series];
  return fmt::format("{}, {}", size_text(series, reported), when_text(series, reported));
}

std::string regressions_markdown(const Regressions& found) {
  std::string text = fmt::format("**{}**\n", summary(found));
  if (found.findings.empty()) return text;
  text += "\n| | series | change | since | changed at the same time |\n|---|---|---|---|---|\n";
  for (const ReportedFinding& reported : found.findings) {
    const Series& series = found.series[reported.series];
    std::string changes;
    for (std::size_t i = 0; i < std::min(kShownChanges, reported.environment.size()); ++i) {
      const auto& change = reported.environment[i];
      changes +=
          fmt::format("{}{}: {} → {}", i == 0 ? "" : "; ", change.key, change.before, change.after);
    }
    text += fmt::format("| {} | {}, {} | {} | {} | {} |\n", name(reported.state),
                        markdown_cell(what(series)), markdown_cell(series.device),
                        markdown_cell(size_text(series, reported)),
                        when_text(series, reported) +
                            (reported.confirmed.run.empty()
                                 ? std::string()
                                 : "; " + markdown_cell(confirmed_text(series, reported))),
                        markdown_cell(changes));
  }
  return text;
}

std::string history_text(const Regressions& found, const RegressStyle& style) {
  harness::terminal::Table table({{"runs", harness::terminal::Align::right},
                                  {"course"},
                                  {"now", harness::terminal::Align::right},
                                  {"level", harness::terminal::Align::right},
                                  {"±", harness::terminal::Align::right},
                                  {"last change of time"}});
  const std::size_t chart = std::clamp<std::size_t>(style.width - 66, 12, 60);
  std::string device;
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    const Series& series = found.series[i];
    if (series.device != device) {
      device = series.device;
      table.add({{device, harness::terminal::Style::strong}});
    }
    const ReportedFinding* last = nullptr;
    for (const ReportedFinding& reported : found.findings) {
      if (reported.series == i &&
          (last == nullptr || reported.finding.first > last->finding.first)) {
        last = &reported;
      }
    }
    const std::vector<double> values = series.values();
    if (values.empty()) continue;  // all results are counted as not used
    const auto level = std::span(values).subspan(found.levels[i][found.levels[i].size() - 2]);
    const double middle = results::statistics::median(level);
    table.add({{fmt::format(
        "{}, {}{}", what(series), name(series.mode),
        series.quantity == results::regress::HistoryQuantity::time ? "" : ", energy")}});
    table.add(
        {{std::to_string(values.size())},
         {values.size() < 2
              ? std::string()
              : harness::terminal::bars(harness::terminal::course(shown_values(series), chart))},
         {value_text(series, values.back())},
         {value_text(series, middle)},
         {level.size() < 3 ? std::string("?")
                           : percent_text(results::statistics::robust_deviation(level) / middle)},
         {last == nullptr ? std::string() : last_text(series, *last),
          last == nullptr ? harness::terminal::Style::plain : style_of(last->state)}});
  }
  return table.text(0, style.width, style.colour) + harness::terminal::wrapped(summary(found), 0);
}

}  // namespace assay::cli::regress
