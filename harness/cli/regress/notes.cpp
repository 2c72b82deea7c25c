#include "harness/cli/regress/notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/text.h"
#include "results/regress/words.h"

namespace assay::cli::regress {

namespace {

using results::regress::CommonChange;
using results::regress::Regressions;
using results::regress::ReportedFinding;
using results::regress::Series;
using results::regress::WatchedSeries;

constexpr std::size_t kShownWatched = 10;

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
    text += harness::terminal::wrapped(results::regress::together_text(found, common), 2);
    for (const ReportedFinding& one : found.findings) {
      if (one.together != number) continue;
      text += harness::terminal::wrapped(
          fmt::format("{} {}{}", results::page::change_text(one.finding.change.value),
                      what_text_with_mode(found.series[one.series]),
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
    text += harness::terminal::wrapped(
        fmt::format("{} {} {}", results::page::change_text(one.watched.change()),
                    what_text_with_mode(found.series[one.series]), watched_text(found, one)),
        2);
  }
  if (shown < found.watched.size()) {
    text += fmt::format("  and {} more (--all)\n", found.watched.size() - shown);
  }
  return text + "\n";
}

nlohmann::ordered_json confirmed_json(const ReportedFinding& reported) {
  const results::regress::Confirmed& again = reported.confirmed;
  if (again.run.empty()) return nullptr;
  return {{"outcome", name(again.outcome)}, {"run", again.run},
          {"processes", again.processes},   {"value", again.value},
          {"controls", again.controls},     {"moved", again.moved},
          {"unused", again.unused}};
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
