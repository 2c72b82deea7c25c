#include "harness/cli/compare/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/compare/conclusion.h"
#include "results/compare/unlike_kinds.h"
#include "results/compare/words.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::cli::compare {

namespace {

using harness::terminal::Align;
using harness::terminal::Cell;
using harness::terminal::Style;
using results::compare::ComparedGroup;
using results::compare::ComparedProblem;
using results::compare::CompareTable;
using results::compare::CompareView;
using results::compare::SideComparison;
using results::statistics::Difference;

using results::compare::Labels;

/// How many are listed without --all: rows, and things that are unlike.
constexpr std::size_t kRows = 10, kUnlike = 6;
/// Columns of a side's name above its figures.
constexpr std::size_t kHead = 13;

Style style_of(Difference difference) {
  switch (difference) {
    case Difference::faster:
      return Style::good;
    case Difference::slower:
      return Style::bad;
    case Difference::none_shown:
    case Difference::not_judged:
      break;
  }
  return Style::plain;
}

Cell difference_cell(Difference difference) {
  return {std::string(name(difference)), style_of(difference)};
}

/// Wrapped with further lines indented more, without the last newline, as one row of a table.
std::string block(const std::string& text, int indent, std::size_t width) {
  std::string lines = harness::terminal::wrapped(text, indent, static_cast<int>(width) - 2);
  lines.pop_back();
  for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos;) {
    lines.insert(++at, "  ");
  }
  return lines;
}

std::string title_of(const ComparedGroup& group, const ComparedProblem& row, const Labels& labels,
                     bool devices, const CompareStyle& style) {
  std::string text = style.wide ? row.problem() : results::record::brief_problem(row.problem());
  text += " · " + contenders_text(group, row, labels);
  if (devices) text += " · " + devices_text(row);
  const std::string marks = marks_beside_reason(row, labels);
  if (!marks.empty()) text += " · " + marks;
  return style.wide ? text : block(text, 2, style.width);
}

/// The rows that are shown: without --all only those with the surest differences.
std::vector<const ComparedProblem*> shown_rows(const ComparedGroup& group, const CompareView& view,
                                               const CompareStyle& style) {
  auto rows = sorted_rows(group, view.sort, view.only_different);
  if (style.all || rows.size() <= kRows) return rows;
  if (view.sort == results::compare::Sort::problem) {
    rows = sorted_rows(group, results::compare::Sort::difference, view.only_different);
  }
  rows.resize(kRows);
  return rows;
}

std::string rows_text(const ComparedGroup& group, const std::vector<const ComparedProblem*>& rows,
                      const Labels& labels, bool devices, const CompareStyle& style) {
  const std::string a = harness::terminal::shortened(labels.a, kHead),
                    b = harness::terminal::shortened(labels.b, kHead);
  harness::terminal::Table table({{a, Align::right},
                                  {b, Align::right},
                                  {harness::terminal::shortened(b + "/" + a, kHead), Align::right},
                                  {"95% interval"},
                                  {"difference"}});
  for (const ComparedProblem* row : rows) {
    table.add({{title_of(group, *row, labels, devices, style), Style::strong}});
    table.add({{results::compare::speed_text(*row->baseline.record)},
               {results::compare::speed_text(*row->other.record)},
               {results::page::ratio_text(row->speed.value)},
               {results::compare::interval_text(row->speed.interval)},
               difference_cell(row->difference)});
    // For lack of processes is said once, below the tables.
    if (!row->not_judged.empty() && !row->few_processes) {
      table.add({{block("not judged: " + row->not_judged, 4, style.width), Style::doubtful}});
    }
  }
  return table.text(4, style.width, style.colour);
}

std::string means_text(const ComparedGroup& group, const CompareStyle& style) {
  harness::terminal::Table table({{"operation"},
                                  {"problems", Align::right},
                                  {"ratio", Align::right},
                                  {"95% interval"},
                                  {"difference"}});
  for (const results::compare::Mean& mean : group.means) {
    table.add({{mean.operation.empty() ? "all" : mean.operation},
               {fmt::format("{}", mean.problems)},
               {results::page::ratio_text(mean.speed.value)},
               {results::compare::interval_text(mean.speed.interval)},
               {results::compare::difference_text(mean.difference, mean.not_judged),
                style_of(mean.difference)}});
  }
  return "  geometric means of speed\n" + table.text(4, style.width, style.colour);
}

std::string per_watt_text(const ComparedGroup& group) {
  std::string text;
  for (const results::compare::Mean& mean : group.means) {
    if (!mean.per_watt) continue;
    text += fmt::format("{} {} {} {}", text.empty() ? "per watt:" : ",",
                        mean.operation.empty() ? "all" : mean.operation,
                        results::page::ratio_text(mean.per_watt->value),
                        results::compare::interval_text(mean.per_watt->interval));
    if (mean.problems_with_energy < mean.problems) {
      text += fmt::format(" ({} of {})", mean.problems_with_energy,
                          results::page::counted(mean.problems, "problem"));
    }
  }
  return text.empty() ? "" : harness::terminal::wrapped(text, 2);
}

std::string per_dollar_text(const ComparedGroup& group) {
  std::string text;
  for (const results::compare::Mean& mean : group.means) {
    if (!mean.per_dollar) continue;
    text += fmt::format("{} {} {} {}", text.empty() ? "per dollar:" : ",",
                        mean.operation.empty() ? "all" : mean.operation,
                        results::page::ratio_text(mean.per_dollar->value),
                        results::compare::interval_text(mean.per_dollar->interval));
  }
  return text.empty() ? "" : harness::terminal::wrapped(text, 2);
}

std::string score_text(const results::compare::Score& score,
                       const results::compare::Weights& weights, const CompareStyle& style) {
  harness::terminal::Table table({{"weight", Align::right},
                                  {"speed", Align::right},
                                  {"95% interval"},
                                  {"problems", Align::right},
                                  {"entry"}});
  for (const results::compare::ScoreTerm& term : score.terms) {
    const bool missing = term.problems == 0;
    table.add({{fmt::format("{:g}", term.entry->weight)},
               {missing ? "" : results::page::ratio_text(term.speed.value)},
               {missing ? "missing" : results::compare::interval_text(term.speed.interval)},
               {fmt::format("{}", term.problems)},
               {term.entry->name}});
  }
  std::string out =
      "\n" +
      harness::terminal::wrapped(
          fmt::format("score{}: {}", weights.title.empty() ? "" : " “" + weights.title + "”",
                      score.value
                          ? fmt::format("{} {}, {}", results::page::ratio_text(score.value->value),
                                        results::compare::interval_text(score.value->interval),
                                        results::compare::difference_text(score.difference,
                                                                          score.not_judged))
                          : std::string("none")),
          2);
  out += harness::terminal::wrapped(std::string(results::compare::score_formula()), 2);
  if (const auto missing = missing_text(score, weights); !missing.empty()) {
    const char* remedy = score.value ? "" : "; --allow-missing computes one without them";
    out += harness::terminal::wrapped(missing + remedy, 2);
  }
  return out + table.text(4, style.width, style.colour);
}

std::string group_text(const CompareTable& table, const ComparedGroup& group,
                       const CompareView& view, const Labels& labels, bool devices,
                       const CompareStyle& style) {
  std::string out =
      "\n" +
      harness::terminal::styled(group.of_all
                                    ? group_title(group)
                                    : fmt::format("{}: {}", group_title(group), counts_text(group)),
                                Style::strong, style.colour) +
      "\n";
  const auto rows = shown_rows(group, view, style);
  if (!rows.empty()) out += rows_text(group, rows, labels, devices, style);
  const std::size_t all = sorted_rows(group, view.sort, view.only_different).size();
  if (rows.size() < all) {
    out += fmt::format("  {} more rows: --all\n", all - rows.size());
  }
  if (style.all) {
    out += "\n" + means_text(group, style) + per_watt_text(group) + per_dollar_text(group);
  }
  if (group.score) out += score_text(*group.score, *table.weights, style);
  return out;
}

/// meaning(reason), and the option that compares such records all the same.
std::string left_out_meaning(results::compare::LeftOutReason reason) {
  std::string out(meaning(reason));
  if (reason == results::compare::LeftOutReason::other_origin) out += " (--modelled compares them)";
  return out;
}

std::string left_out_text(const SideComparison& comparison, const Labels& labels,
                          const CompareStyle& style) {
  if (comparison.left_out.empty()) return "";
  std::string out = "\nnot compared:\n";
  for (const results::compare::LeftOutKind& kind : left_out_kinds(comparison)) {
    out += harness::terminal::wrapped(
        fmt::format("{} of {}, {}: {}", kind.records.size(), kind.of_baseline ? labels.a : labels.b,
                    name(kind.reason), left_out_meaning(kind.reason)),
        2);
    for (const results::compare::LeftOut* one : kind.records) {
      const results::record::Record& record = *one->record;
      const std::string text =
          fmt::format("{} · {}, {}{}{}", results::record::brief_problem(record.problem),
                      record.implementation.name, name(record.settings.mode),
                      one->detail.empty() ? "" : ": ", one->detail);
      out += style.wide ? "    " + text + "\n" : harness::terminal::wrapped(text, 4);
    }
  }
  return out;
}

/// What the sides are, and what stands behind them.
std::string sides_text(const CompareTable& table) {
  std::string out;
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    const results::compare::Side& side = table.sides[i];
    const std::string name = fmt::format("{} = {}", side.label, side.name);
    out += harness::terminal::wrapped(fmt::format("{}: {}", name, side_text(side)), 0);
    if (side.is_published) continue;
    out += harness::terminal::wrapped(standing_text(side), 4);
    out += harness::terminal::wrapped("trust: " + trust_text(side), 4);
  }
  return out;
}

/// Settings, versions and environments that differ.
std::string unlike_text(const CompareTable& table, const SideComparison& comparison,
                        const CompareStyle& style) {
  const auto kinds = unlike_kinds(table, comparison);
  std::string out;
  const std::size_t shown = style.all ? kinds.size() : std::min(kUnlike, kinds.size());
  for (std::size_t i = 0; i < shown; ++i) {
    out += harness::terminal::wrapped(
        fmt::format("{} ({})", kinds[i].text, results::page::counted(kinds[i].problems, "problem")),
        2);
  }
  if (shown < kinds.size()) out += fmt::format("  and {} more: --all\n", kinds.size() - shown);
  if (!out.empty()) out = "measured unlike:\n" + out;
  if (table.sides.front().is_published || table.sides[comparison.side].is_published) return out;
  if (!comparison.environment) {
    return out + "environments: not compared, since one is not known\n";
  }
  const auto& changes = *comparison.environment;
  if (changes.empty()) return out;
  if (!style.all) {
    std::string keys;
    for (std::size_t i = 0; i < std::min(kUnlike, changes.size()); ++i) {
      keys += (i == 0 ? "" : ", ") + changes[i].key;
    }
    return out + harness::terminal::wrapped(
                     fmt::format("environments: {}: {}{}",
                                 results::page::counted(changes.size(), "difference"), keys,
                                 changes.size() > kUnlike ? ", … (--all)" : " (--all)"),
                     0);
  }
  out += "environments:\n";
  const Labels labels = labels_of(table, comparison);
  for (const results::record::EnvironmentChange& change : changes) {
    out += harness::terminal::wrapped(fmt::format("{}: {} {}, {} {}", change.key, labels.a,
                                                  change.before, labels.b, change.after),
                                      2);
  }
  return out;
}

std::string conclusion_text(const CompareTable& table, const CompareStyle& style) {
  std::string out;
  for (const SideComparison& comparison : table.comparisons) {
    const results::compare::Conclusion conclusion = conclusion_of(table, comparison);
    std::string headline = harness::terminal::wrapped(conclusion.headline, 0);
    headline.pop_back();
    out += harness::terminal::styled(headline, Style::strong, style.colour) + "\n";
    for (const std::string& detail : conclusion.details) {
      out += harness::terminal::wrapped(detail, 2);
    }
  }
  return out;
}

std::string comparison_part(const CompareTable& table, const SideComparison& comparison,
                            const CompareView& view, const CompareStyle& style) {
  const Labels labels = labels_of(table, comparison);
  std::string out = "\n" + direction_text(labels) + "\n";
  if (table.comparisons.size() > 1) out = fmt::format("\n{} and {}", labels.b, labels.a) + out;
  out += unlike_text(table, comparison, style);
  const bool devices = several_devices(comparison);
  for (const ComparedGroup& group : comparison.best) {
    out += group_text(table, group, view, labels, devices, style);
  }
  if (!style.all) return out;
  if (comparison.groups.size() > 1) {
    out += "\nThe best implementations within each division and mode\n";
    for (const ComparedGroup& group : comparison.groups) {
      out += group_text(table, group, view, labels, devices, style);
    }
  }
  return out + left_out_text(comparison, labels, style);
}

}  // namespace

std::string comparison_text(const CompareTable& table, const CompareView& view,
                            const CompareStyle& style) {
  std::string out = conclusion_text(table, style) + "\n" + sides_text(table);
  for (const SideComparison& comparison : table.comparisons) {
    out += comparison_part(table, comparison, view, style);
  }
  out += "\n";
  if (!style.all) {
    return out + harness::terminal::wrapped(
                     "All rows, means by operation, divisions, what was left out and how the "
                     "intervals are made: --all. A page to hand on: --html FILE.html",
                     0);
  }
  for (const std::string& note : notes(table)) out += harness::terminal::wrapped(note, 0);
  return out;
}

}  // namespace assay::cli::compare
