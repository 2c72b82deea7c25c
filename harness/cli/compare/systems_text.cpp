#include "harness/cli/compare/systems_text.h"

#include <fmt/format.h>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"

namespace assay::cli::compare {

namespace {

using harness::terminal::Align;
using harness::terminal::Style;
using results::compare::SystemRatio;
using results::compare::SystemRow;
using results::compare::SystemsTable;

std::string cell_text(const results::claims::Cell& cell) {
  if (cell.kind == results::claims::CellKind::not_applicable) return "–";
  if (!cell.is_known()) return "unknown";
  return cell.text + (cell.unverified ? "?" : "") + (cell.disputed.empty() ? "" : "!");
}

Style style_of(const SystemRatio& ratio) {
  return ratio.outcome == "ahead"    ? Style::good
         : ratio.outcome == "behind" ? Style::bad
                                     : Style::plain;
}

std::string block(const std::string& text, std::size_t width) {
  std::string lines = harness::terminal::wrapped(text, 4, static_cast<int>(width) - 4);
  lines.pop_back();
  return lines;
}

/// What a reader must know of a row: price and power, conditions, disputes.
void add_notes(const SystemsTable& table, const SystemRow& row, std::size_t other,
               const CompareStyle& style, harness::terminal::Table& out) {
  if (const std::string per = per_text(row.ratios[other - 1]); !per.empty()) {
    out.add({{block(per, style.width)}});
  }
  for (const std::size_t i : {std::size_t{0}, other}) {
    const results::claims::Cell& cell = row.row->cells[i];
    const std::string& label = table.sides[i].label;
    for (const std::string& text : cell.conditions) {
      out.add({{block(label + ": " + text, style.width)}});
    }
    for (const std::string& text : cell.disputed) {
      out.add({{block(label + " disputed: " + text, style.width)}});
    }
    if (style.all && cell.sources.size() > 1) {
      out.add({{block(fmt::format("{}: {}", label, fmt::join(cell.sources, ", ")), style.width)}});
    }
  }
}

std::string rows_text(const SystemsTable& table, std::size_t other, const CompareStyle& style) {
  constexpr std::size_t kSystemHead = 16;
  const std::string a = harness::terminal::shortened(table.sides[0].label, kSystemHead),
                    b = harness::terminal::shortened(table.sides[other].label, kSystemHead);
  harness::terminal::Table out(
      {{a, Align::right}, {b, Align::right}, {"ratio", Align::right}, {"outcome"}});
  for (const SystemRow& row : table.rows) {
    const SystemRatio& ratio = row.ratios[other - 1];
    if (!ratio.known && !style.all) continue;
    const std::string title = results::compare::metric_text(*row.row);
    out.add({{fmt::format("  {} {}", title, references(row, other)), Style::strong}});
    out.add({{cell_text(row.row->cells[0])},
             {cell_text(row.row->cells[other])},
             {ratio_text(ratio)},
             {ratio.outcome, style_of(ratio)}});
    add_notes(table, row, other, style, out);
  }
  return out.text(4, style.width, style.colour);
}

}  // namespace

std::string systems_text(const SystemsTable& table, const CompareStyle& style) {
  std::string out;
  for (const std::string& text : conclusions(table)) out += harness::terminal::wrapped(text, 0);
  out += "\n";
  for (const results::compare::SystemSide& side : table.sides) {
    std::string text = fmt::format("{} = {}, {}", side.label, side.system->id, side.system->kind);
    if (side.price) text += "; price " + side.price->text;
    if (side.power) text += "; power " + side.power->text;
    out += harness::terminal::wrapped(text, 0);
  }
  for (std::size_t i = 1; i < table.sides.size(); ++i) {
    out += fmt::format("\n{} / {}\n", table.sides[i].label, table.sides[0].label);
    out += rows_text(table, i, style);
  }
  out += "\n";
  for (const std::string& note : notes(table)) out += harness::terminal::wrapped(note, 0);
  out += "? depends on a figure that was not checked against its source; ! contradicted.\n\n";
  for (std::size_t i = 0; i < table.sources.size(); ++i) {
    const results::claims::Property& figure = *table.sources[i];
    out += harness::terminal::wrapped(
        fmt::format("[{}] {} {}", i + 1, results::compare::source_text(figure), figure.source.url),
        0);
  }
  return out;
}

}  // namespace assay::cli::compare
