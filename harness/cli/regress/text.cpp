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
#include "results/regress/words.h"

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
  text += harness::terminal::wrapped(what_text(series), 2, static_cast<int>(style.width));
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

/// "+5.0% 2026-11-12", "noise ×3.00 2026-11-12".
std::string last_text(const Series& series, const ReportedFinding& reported) {
  const double change = reported.finding.change.value;
  return fmt::format("{} {}",
                     reported.finding.kind == FindingKind::noise
                         ? "noise ×" + results::page::three_digits(1 + change)
                         : results::page::change_text(change),
                     day_text(first_run(series, reported.finding)));
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
  text += harness::terminal::wrapped(summary_text(found), 0);
  if (found.regressions() > 0) {
    const auto first =
        std::ranges::find(found.findings, FindingState::regression, &ReportedFinding::state);
    text += fmt::format(
        "accept it: assay regress --accept {} --reason TEXT --until DATE\n",
        results::page::short_id(first_run(found.series[first->series], first->finding).run));
  }
  return text;
}

std::string regressions_markdown(const Regressions& found) {
  std::string text = fmt::format("**{}**\n", summary_text(found));
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
                        markdown_cell(what_text(series)), markdown_cell(series.device),
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
        "{}, {}{}", what_text(series), name(series.mode),
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
  return table.text(0, style.width, style.colour) +
         harness::terminal::wrapped(summary_text(found), 0);
}

}  // namespace assay::cli::regress
