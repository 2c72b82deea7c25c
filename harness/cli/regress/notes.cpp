#include "harness/cli/regress/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::cli::regress {

namespace {

using results::page::counted;
using results::regress::CommonChange;
using results::regress::Regressions;
using results::regress::ReportedFinding;
using results::regress::Series;
using results::regress::Watched;
using results::regress::WatchedSeries;

constexpr std::size_t kShownWatched = 10;

std::string series_name(const Series& series) {
  return fmt::format("{} · {}, {}", results::record::brief_problem(series.problem),
                     series.implementation, name(series.mode));
}

std::string started_text(const results::regress::HistoryRun& run) {
  return fmt::format("run {} of {}", results::page::short_id(run.run), run.started.substr(0, 10));
}

/// "2 more runs at this level will tell".
std::string more_text(const Watched& watched) {
  if (watched.more == 0) {
    return fmt::format("more than {} runs at this level would be needed to tell",
                       results::regress::kMostMore);
  }
  return fmt::format("{} at this level will tell", counted(watched.more, "more run"));
}

}  // namespace

std::string together_text(const Regressions& found, const RegressStyle& style) {
  std::string text;
  for (std::size_t number = 0; number < found.together.size(); ++number) {
    const CommonChange& common = found.together[number];
    const bool worse = common.change > 0;
    if (!worse && !style.all) continue;
    text +=
        harness::terminal::styled(
            worse ? "the machine became slower" : "the machine became faster",
            worse ? harness::terminal::Style::bad : harness::terminal::Style::good, style.colour) +
        "\n";
    const auto& runs = found.series[common.series].runs;
    text += harness::terminal::wrapped(
        fmt::format("{} of {} series of {} changed at {}: {} (median). Look for the cause in the "
                    "machine (clock, power, cooling, driver, other work), not in one "
                    "implementation.",
                    common.moved, common.all, common.device,
                    started_text(runs[std::min(common.run, runs.size() - 1)]),
                    results::page::change_text(common.change)),
        2);
    for (const ReportedFinding& one : found.findings) {
      if (one.together != number) continue;
      text += harness::terminal::wrapped(
          fmt::format("{} {}{}", results::page::change_text(one.finding.change.value),
                      series_name(found.series[one.series]),
                      one.state == results::regress::FindingState::regression
                          ? std::string()
                          : fmt::format(" ({})", name(one.state))),
          4);
    }
    text += "\n";
  }
  return text;
}

std::string watching_text(const Regressions& found, const RegressStyle& style) {
  if (found.watched.empty()) return "";
  std::string text = harness::terminal::styled("watching (not certain yet)",
                                               harness::terminal::Style::doubtful, style.colour) +
                     "\n";
  const std::size_t shown = style.all ? found.watched.size() : kShownWatched;
  for (std::size_t i = 0; i < std::min(shown, found.watched.size()); ++i) {
    const WatchedSeries& one = found.watched[i];
    const Series& series = found.series[one.series];
    text += harness::terminal::wrapped(
        fmt::format("{} {} since {}: {}", results::page::change_text(one.watched.change()),
                    series_name(series), started_text(series.runs[one.watched.first]),
                    more_text(one.watched)),
        2);
  }
  if (shown < found.watched.size()) {
    text += fmt::format("  and {} more (--all)\n", found.watched.size() - shown);
  }
  return text + "\n";
}

std::string confirmed_text(const Series& series, const ReportedFinding& reported) {
  const results::regress::Confirmed& again = reported.confirmed;
  if (again.run.empty()) return "";
  if (!again.unused.empty()) {
    return fmt::format("measured again (run {}), but no result can be used: {}",
                       results::page::short_id(again.run), again.unused);
  }
  std::string text = fmt::format(
      "measured again in {} (run {}): {}, {}",
      again.processes == 1 ? std::string("1 process")
                           : fmt::format("{} processes", again.processes),
      results::page::short_id(again.run), value_text(series, again.value), name(again.outcome));
  if (again.outcome == results::regress::Confirmation::none) {
    text += fmt::format(": at least {} usable processes are needed",
                        results::regress::kFewestProcesses);
  }
  if (again.controls == 0) return text + "; no quiet series was measured beside it";
  return text + fmt::format("; {} of {} quiet series moved as well", again.moved, again.controls);
}

nlohmann::ordered_json confirmed_json(const ReportedFinding& reported) {
  const results::regress::Confirmed& again = reported.confirmed;
  if (again.run.empty()) return nullptr;
  return {{"outcome", name(again.outcome)}, {"run", again.run},
          {"processes", again.processes},   {"value", again.value},
          {"controls", again.controls},     {"moved", again.moved},
          {"unused", again.unused}};
}

std::string limits_text(const Regressions& found) {
  std::string text;
  if (found.short_series > 0) {
    text += fmt::format("; {} cannot be judged yet: {} needed", found.short_series,
                        counted(found.missing_runs, "more run"));
  }
  if (found.large_only > 0) {
    text += fmt::format("; in {} with fewer than {} runs only changes above about 20% can be told",
                        found.large_only, results::regress::kFewestForSteps);
  }
  if (const std::string irregular = found.irregular.text(); !irregular.empty()) {
    text += "; " + irregular;
  }
  return text;
}

nlohmann::ordered_json together_json(const Regressions& found) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const CommonChange& common : found.together) {
    const auto& runs = found.series[common.series].runs;
    const auto& run = runs[std::min(common.run, runs.size() - 1)];
    out.push_back({{"device", common.device},
                   {"first_run", run.run.str()},
                   {"first_started", run.started},
                   {"moved", common.moved},
                   {"series", common.all},
                   {"change", common.change}});
  }
  return out;
}

nlohmann::ordered_json watching_json(const Regressions& found) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const WatchedSeries& one : found.watched) {
    const Series& series = found.series[one.series];
    nlohmann::ordered_json more = nullptr;
    if (one.watched.more > 0) more = one.watched.more;
    out.push_back({{"series", series.key()},
                   {"first_run", series.runs[one.watched.first].run.str()},
                   {"before", one.watched.before},
                   {"after", one.watched.after},
                   {"change", one.watched.change()},
                   {"more_runs", more}});
  }
  return out;
}

}  // namespace assay::cli::regress
