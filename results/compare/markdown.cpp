#include <fmt/format.h>

#include "results/compare/conclusion.h"
#include "results/compare/rendering.h"
#include "results/compare/unlike_kinds.h"
#include "results/compare/words.h"
#include "results/page/text.h"
#include "results/record/listing.h"

namespace assay::results::compare {

namespace {

/// Escapes characters that have a meaning in Markdown or would end a table cell.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';
    } else if (c == '<') {
      out += "&lt;";
    } else {
      if (c == '|' || c == '`' || c == '*' || c == '_' || c == '[' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string ratio_cell(const statistics::Ratio& ratio) {
  return fmt::format("{} {}", page::ratio_text(ratio.value), plain(interval_text(ratio.interval)));
}

std::string rows_table(const ComparedGroup& group, const CompareView& view, const Labels& labels) {
  const auto rows = sorted_rows(group, view.sort, view.only_different);
  if (rows.empty()) return "";
  std::string out = fmt::format(
      "| problem | {0} | {1} | {1}/{0}, 95% interval | | implementation |\n"
      "|---|---:|---:|---:|---|---|\n",
      plain(labels.a), plain(labels.b));
  for (const ComparedProblem* row : rows) {
    const std::string marks = marks_text(*row, labels);
    out += fmt::format(
        "| {} | {} | {} | {} | {}{} | {} |\n", plain(record::brief_problem(row->problem())),
        speed_text(*row->baseline.record), speed_text(*row->other.record), ratio_cell(row->speed),
        plain(difference_text(*row)), marks.empty() ? "" : " (" + plain(marks) + ")",
        plain(contenders_text(group, *row, labels)));
  }
  return out + "\n";
}

std::string means_markdown(const ComparedGroup& group) {
  std::string out =
      "| geometric mean | problems | speed, 95% interval | | per watt | per dollar |\n"
      "|---|---:|---:|---|---:|---:|\n";
  for (const Mean& mean : group.means) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} |\n",
                       mean.operation.empty() ? "**all**" : plain(mean.operation), mean.problems,
                       ratio_cell(mean.speed), difference_text(mean.difference, mean.not_judged),
                       mean.per_watt ? fmt::format("{} ({})", ratio_cell(*mean.per_watt),
                                                   mean.problems_with_energy)
                                     : "",
                       mean.per_dollar ? ratio_cell(*mean.per_dollar) : "");
  }
  return out + "\n";
}

std::string score_lines(const Score& score, const Weights& weights) {
  std::string out = fmt::format(
      "**Score{}**: ", weights.title.empty() ? std::string() : " “" + plain(weights.title) + "”");
  out += score.value ? fmt::format("{}, {}", ratio_cell(*score.value),
                                   difference_text(score.difference, score.not_judged))
                     : std::string("none");
  out += fmt::format("; {}.", plain(score_formula()));
  if (const std::string missing = missing_text(score, weights); !missing.empty()) {
    out += fmt::format(" {}.", plain(missing));
  }
  out += "\n\n| entry | weight | problems | r |\n|---|---:|---:|---:|\n";
  for (const ScoreTerm& term : score.terms) {
    out += fmt::format("| {} | {} | {} | {} |\n", plain(term.entry->name), term.entry->weight,
                       term.problems,
                       term.problems == 0 ? std::string("missing") : ratio_cell(term.speed));
  }
  return out + "\n";
}

std::string left_out_list(const SideComparison& comparison, const Labels& labels) {
  if (comparison.left_out.empty()) return "";
  std::string out = "Not compared:\n\n";
  for (const LeftOutKind& kind : left_out_kinds(comparison)) {
    out += fmt::format("- {} of {}, {}: {}\n", kind.records.size(),
                       plain(kind.of_baseline ? labels.a : labels.b), name(kind.reason),
                       meaning(kind.reason));
  }
  return out + "\n";
}

}  // namespace

std::string comparison_markdown(const CompareTable& table, const CompareView& view) {
  std::string out;
  for (const SideComparison& comparison : table.comparisons) {
    const Conclusion conclusion = conclusion_of(table, comparison);
    out += fmt::format("**{}**\n\n", plain(conclusion.headline));
    for (const std::string& detail : conclusion.details) out += "- " + plain(detail) + "\n";
    out += "\n";
  }
  for (const Side& side : table.sides) {
    out += fmt::format("- **{}** = {}: {}; {}; trust: {}\n", plain(side.label), plain(side.name),
                       plain(side_text(side)), plain(standing_text(side)), plain(trust_text(side)));
  }
  out += "\n";
  for (const SideComparison& comparison : table.comparisons) {
    const Labels labels = labels_of(table, comparison);
    out += fmt::format("## {} compared with {}\n\n{}\n\n", plain(labels.b), plain(labels.a),
                       plain(direction_text(labels)));
    if (comparison.best.empty()) out += "The two sides have no results in common.\n\n";
    const auto kinds = unlike_kinds(table, comparison);
    for (const UnlikeKind& kind : kinds) {
      out += fmt::format("- measured unlike: {} ({})\n", plain(kind.text),
                         page::counted(kind.problems, "problem"));
    }
    if (!kinds.empty()) out += "\n";
    for (const auto* groups : {&comparison.best, &comparison.groups}) {
      if (groups == &comparison.groups && groups->size() < 2) continue;
      for (const ComparedGroup& group : *groups) {
        out += fmt::format("### {}\n\n{}\n\n", plain(group_title(group)), counts_text(group));
        out += rows_table(group, view, labels) + means_markdown(group);
        if (group.score) out += score_lines(*group.score, *table.weights);
      }
    }
    out += left_out_list(comparison, labels);
  }
  for (const std::string& note : notes(table)) out += plain(note) + "\n\n";
  out.pop_back();
  return out;
}

}  // namespace assay::results::compare
