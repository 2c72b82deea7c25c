#include "harness/cli/compare/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
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

/// How many of a kind are listed without --wide.
constexpr std::size_t kNamed = 3;

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

std::string title_of(const ComparedProblem& row, const std::string& letter, bool devices,
                     const CompareStyle& style) {
  std::string text = style.wide ? row.problem() : results::record::brief_problem(row.problem());
  text += " · " + contenders_text(row, letter);
  if (devices) text += " · " + devices_text(row);
  if (const std::string marks = marks_text(row, letter); !marks.empty()) text += " · " + marks;
  return style.wide ? text : block(text, 2, style.width);
}

std::string rows_text(const std::vector<const ComparedProblem*>& rows, const std::string& letter,
                      bool devices, const CompareStyle& style) {
  harness::terminal::Table table({{"A", Align::right},
                                  {letter, Align::right},
                                  {letter + "/A", Align::right},
                                  {"95% interval"},
                                  {"difference"}});
  for (const ComparedProblem* row : rows) {
    table.add({{title_of(*row, letter, devices, style), Style::strong}});
    const results::statistics::Ratio shown = shown_ratio(*row);
    table.add({{results::compare::speed_text(*row->baseline.record)},
               {results::compare::speed_text(*row->other.record)},
               {results::page::ratio_text(shown.value)},
               {results::compare::interval_text(shown.interval)},
               difference_cell(row->difference)});
    // For lack of processes is said once, below the tables.
    if (!row->not_judged.empty() && !row->few_processes) {
      table.add({{block("not judged: " + row->not_judged, 4, style.width), Style::doubtful}});
    }
  }
  return table.text(4, style.width, style.colour);
}

std::string means_text(const ComparedGroup& group, const CompareStyle& style) {
  harness::terminal::Table table({{"geometric mean of speed"},
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
  return table.text(2, style.width, style.colour);
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
                       const CompareView& view, const std::string& letter, bool devices,
                       const CompareStyle& style) {
  std::string out =
      "\n" +
      harness::terminal::styled(fmt::format("{}: {}", group_title(group), counts_text(group)),
                                Style::strong, style.colour) +
      "\n";
  const auto rows = sorted_rows(group, view.sort, view.only_different);
  if (!rows.empty()) out += rows_text(rows, letter, devices, style) + "\n";
  out += means_text(group, style) + per_watt_text(group) + per_dollar_text(group);
  if (group.score) out += score_text(*group.score, *table.weights, style);
  return out;
}

std::string left_out_text(const SideComparison& comparison, const std::string& letter,
                          const CompareStyle& style) {
  if (comparison.left_out.empty()) return "";
  std::string out = "\nnot compared:\n";
  for (const results::compare::LeftOutKind& kind : left_out_kinds(comparison)) {
    out += harness::terminal::wrapped(
        fmt::format("{} of {}, {}: {}", kind.records.size(), kind.of_baseline ? "A" : letter,
                    name(kind.reason), left_out_meaning(kind.reason)),
        2);
    const std::size_t named =
        style.wide ? kind.records.size() : std::min(kNamed, kind.records.size());
    for (std::size_t i = 0; i < named; ++i) {
      const results::compare::LeftOut& one = *kind.records[i];
      const results::record::Record& record = *one.record;
      const std::string text =
          fmt::format("{} · {}, {}{}{}", results::record::brief_problem(record.problem),
                      record.implementation.name, name(record.settings.mode),
                      one.detail.empty() ? "" : ": ", one.detail);
      out += style.wide ? "    " + text + "\n" : harness::terminal::wrapped(text, 4);
    }
    if (named < kind.records.size()) {
      out += fmt::format("    and {} more (--wide, --json)\n", kind.records.size() - named);
    }
  }
  return out;
}

std::string sides_text(const CompareTable& table) {
  std::string out;
  for (std::size_t i = 0; i < table.sides.size(); ++i) {
    const results::compare::Side& side = table.sides[i];
    std::string line =
        fmt::format("{} = {}: {}", results::compare::side_letter(i), side.name, side.origin);
    if (side.price) line += "; " + side.price->text;
    out += harness::terminal::wrapped(line, 0);
  }
  return out;
}

}  // namespace

std::string left_out_meaning(results::compare::LeftOutReason reason) {
  std::string out(meaning(reason));
  if (reason == results::compare::LeftOutReason::other_origin) out += " (--modelled compares them)";
  return out;
}

std::string comparison_text(const CompareTable& table, const CompareView& view,
                            const CompareStyle& style) {
  std::string out = sides_text(table);
  for (const SideComparison& comparison : table.comparisons) {
    const std::string letter = results::compare::side_letter(comparison.side);
    if (table.comparisons.size() > 1) out += fmt::format("\n{} compared with A\n", letter);
    if (comparison.groups.empty()) out += "\nThe sides have nothing in common.\n";
    const bool devices = several_devices(comparison);
    bool scored = false;
    for (const ComparedGroup& group : comparison.groups) {
      out += group_text(table, group, view, letter, devices, style);
      scored |= group.score.has_value();
    }
    if (table.weights && !scored) {
      out += "\n" +
             harness::terminal::wrapped("no score: none of the weighted problems was compared", 2);
    }
    out += left_out_text(comparison, letter, style);
  }
  out += "\n";
  for (const std::string& note : notes(table)) out += harness::terminal::wrapped(note, 0);
  return out;
}

}  // namespace assay::cli::compare
