#include "harness/cli/check/contest_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"
#include "results/record/json_library.h"

namespace assay::cli::check {
namespace {

using nlohmann::ordered_json;
using results::claims::Against;
using results::claims::Cell;
using results::claims::CellKind;
using results::claims::ContestRow;
using results::claims::ContestTable;

std::string group_title(std::string_view group) {
  if (group == "system") return "Whole systems";
  if (group == "chip") return "Per chip (with its share of host, network and cooling)";
  if (group == "watt") return "Per watt";
  if (group == "rack") return "Per rack";
  return "Kernels and serving";
}

double in_unit(const ContestRow& row, double value) {
  return value / results::claims::parse_unit(row.metric->unit).scale;
}

/// "300", "500–600".
std::string number(const ContestRow& row, const Cell& cell) {
  using results::page::number_text;
  if (cell.ends.lower == cell.ends.upper) return number_text(in_unit(row, cell.value));
  return fmt::format("{}–{}", number_text(in_unit(row, cell.ends.lower)),
                     number_text(in_unit(row, cell.ends.upper)));
}

/// A number with its marks, or a word that says why there is none.
std::string cell_text(const ContestRow& row, const Cell& cell) {
  switch (cell.kind) {
    case CellKind::claimed:
      return number(row, cell) + (cell.unverified ? "?" : "") + (cell.disputed.empty() ? "" : "!");
    case CellKind::measured:
      return number(row, cell) + "*";
    case CellKind::unknown:
      return "unknown";
    case CellKind::not_applicable:
      return "–";
  }
  return "";
}

std::string ratio_text(const Against& against) {
  if (!against.known) return "";
  const auto text = [](double ratio) { return results::claims::format_in(ratio, "x", 3); };
  if (against.ends.lower == against.ends.upper) return text(against.ratio);
  return fmt::format("{}–{}", results::page::number_text(against.ends.lower, 3),
                     text(against.ends.upper));
}

/// The ratio with a mark, or why there is none.
std::string outcome_text(const Against& against) {
  if (!against.known) return against.outcome == "unknown" ? "unknown" : "scopes";
  return (against.outcome == "not separated" ? "~" : "") + ratio_text(against);
}

char letter(std::size_t index) {
  return static_cast<char>('A' + index);
}

/// Right-aligned by columns, not by bytes.
std::string right(const std::string& text, std::size_t width) {
  const std::size_t columns = harness::terminal::text_width(text);
  return std::string(width > columns ? width - columns : 0, ' ') + text;
}

/// The columns behind the metric's name: the systems, then the ratios.
struct Columns {
  std::vector<std::string> heads;
  std::vector<std::size_t> widths;
  std::size_t label = 0;  ///< columns left for the metric's name

  std::string line(const std::string& name, const std::vector<std::string>& cells) const {
    std::string out = name + std::string(label - std::min(label, name.size()), ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) out += right(cells[i], widths[i]);
    return out + "\n";
  }
};

std::vector<std::string> cells_of(const ContestTable& table, const ContestRow& row) {
  std::vector<std::string> out;
  for (const Cell& cell : row.cells) out.push_back(cell_text(row, cell));
  out.push_back(outcome_text(row.rival()));
  if (table.today != nullptr) out.push_back(outcome_text(*row.compared_with(table.today)));
  return out;
}

Columns columns_of(const ContestTable& table) {
  constexpr std::size_t kColumns = 80, kLeast = 4;
  Columns out;
  for (std::size_t i = 0; i < table.systems.size(); ++i) {
    out.heads.push_back(std::string(1, letter(i)));
  }
  out.heads.emplace_back("A/B");
  for (std::size_t i = 0; i < table.systems.size(); ++i) {
    if (table.systems[i] == table.today) out.heads.push_back(fmt::format("A/{}", letter(i)));
  }
  for (const std::string& head : out.heads) out.widths.push_back(head.size() + 2);
  for (const ContestRow& row : table.rows) {
    const auto cells = cells_of(table, row);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out.widths[i] = std::max(out.widths[i], harness::terminal::text_width(cells[i]) + 2);
    }
  }
  std::size_t used = 0;
  for (const std::size_t width : out.widths) used += width;
  out.label = kColumns > used + kLeast ? kColumns - used : kLeast;
  return out;
}

/// What a reader must know of a row: several sources, conditions, disputes.
std::vector<std::string> notes_of(const ContestRow& row) {
  std::vector<std::string> out;
  const auto add = [&](std::size_t system, std::string_view what,
                       const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      out.push_back(fmt::format("{}{}: {}", letter(system), what, text));
    }
  };
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const Cell& cell = row.cells[i];
    if (cell.sources.size() > 1) {
      out.push_back(fmt::format("{}: {}", letter(i), fmt::join(cell.sources, ", ")));
    }
    add(i, "", cell.conditions);
    add(i, " disputed", cell.disputed);
  }
  return out;
}

std::string systems_text(const ContestTable& table) {
  std::string out;
  for (std::size_t i = 0; i < table.systems.size(); ++i) {
    const bool then = table.today != nullptr && i == 1;
    out += fmt::format("  {}  {}{}\n", letter(i), table.systems[i]->name,
                       table.systems[i] == table.today ? " (rival of today)"
                       : then                          ? " (rival at the claim's date)"
                                                       : "");
  }
  return out;
}

std::string csv_field(std::string text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '"');
  }
  return '"' + text + '"';
}

std::string markdown_field(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '\\');
  }
  return text;
}

ordered_json to_json(const Against& against) {
  ordered_json out = {
      {"system", against.system->id}, {"ratio", nullptr}, {"outcome", against.outcome}};
  if (against.known && std::isfinite(against.ratio)) {
    out["ratio"] = {
        {"value", against.ratio}, {"lowest", against.ends.lower}, {"highest", against.ends.upper}};
  }
  return out;
}

}  // namespace

std::string contest_text(const ContestTable& table) {
  const Columns columns = columns_of(table);
  std::string out = harness::terminal::wrapped(table.title, 0) + "\n" + systems_text(table);
  std::string group;
  for (const ContestRow& row : table.rows) {
    if (row.metric->group != group) {
      group = row.metric->group;
      out += fmt::format("\n{}\n{}", group_title(group), columns.line("", columns.heads));
    }
    std::string label = fmt::format("  {}, {}", row.metric->name, row.metric->unit);
    if (label.size() > columns.label) {
      out += label + "\n";
      label.clear();
    }
    out += columns.line(label, cells_of(table, row));
    for (const std::string& note : notes_of(row)) out += harness::terminal::wrapped(note, 6);
  }
  out +=
      "\nClaimed by their sources; * measured here; ? depends on an unverified figure;\n"
      "! other published figures contradict it; ~ not separated: what the sources and\n"
      "their digits allow overlaps; – does not apply to a single chip. A range goes\n"
      "from the least to the greatest figure of sources of the same weight.\n\n";
  return out + harness::terminal::wrapped(table.sentence, 0);
}

std::string contest_markdown(const ContestTable& table) {
  std::string out = fmt::format("**{}**\n\n| metric |", table.title);
  std::string rule = "\n|---|";
  for (const results::claims::System* system : table.systems) {
    out += fmt::format(" {} |", markdown_field(system->name));
    rule += "---:|";
  }
  out += fmt::format(" {} / {} | outcome |{}---:|---|\n", markdown_field(table.systems[0]->name),
                     markdown_field(table.systems[1]->name), rule);
  for (const ContestRow& row : table.rows) {
    out += fmt::format("| {}, {} |", row.metric->name, group_title(row.metric->group));
    for (const Cell& cell : row.cells) {
      out += fmt::format(" {} |", cell.kind == CellKind::unknown || cell.text.empty()
                                      ? std::string(name(cell.kind))
                                      : fmt::format("{} {}{}{}", name(cell.kind), cell.text,
                                                    cell.unverified ? " (unverified)" : "",
                                                    cell.disputed.empty() ? "" : " (disputed)"));
    }
    out += fmt::format(" {} | {} |\n", ratio_text(row.rival()), row.rival().outcome);
  }
  std::string notes;
  for (const ContestRow& row : table.rows) {
    for (const std::string& note : notes_of(row)) {
      notes += fmt::format("- {}, {}\n", row.metric->name, note);
    }
  }
  return out + "\n" + (notes.empty() ? "" : notes + "\n") + table.sentence + "\n";
}

std::string contest_csv(const ContestTable& table) {
  std::string out =
      "metric,group,system,kind,value,lowest,highest,unit,basis,unverified,disputed,conditions\n";
  for (const ContestRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const auto figure = [&](double value) {
        return cell.is_known() ? results::page::number_text(in_unit(row, value)) : std::string();
      };
      out += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(row.metric->name),
                         row.metric->group, table.systems[i]->id, name(cell.kind),
                         figure(cell.value), figure(cell.ends.lower), figure(cell.ends.upper),
                         row.metric->unit, csv_field(cell.basis), cell.unverified,
                         csv_field(fmt::format("{}", fmt::join(cell.disputed, "; "))),
                         csv_field(fmt::format("{}", fmt::join(cell.conditions, "; "))));
    }
  }
  return out;
}

ordered_json to_json(const ContestTable& table) {
  ordered_json systems = ordered_json::array(), rows = ordered_json::array();
  for (const results::claims::System* system : table.systems) systems.push_back(system->id);
  for (const ContestRow& row : table.rows) {
    ordered_json cells = ordered_json::array();
    for (const Cell& cell : row.cells) {
      ordered_json out = {{"kind", name(cell.kind)}, {"value", nullptr}, {"basis", cell.basis}};
      if (cell.is_known()) {
        out["value"] = in_unit(row, cell.value);
        out["lowest"] = in_unit(row, cell.ends.lower);
        out["highest"] = in_unit(row, cell.ends.upper);
        out["lower"] = in_unit(row, cell.range.lower);
        out["upper"] = in_unit(row, cell.range.upper);
        out["sources"] = cell.sources;
        out["disputed"] = cell.disputed;
        out["conditions"] = cell.conditions;
        out["scope"] = cell.scope;
        out["unverified"] = cell.unverified;
        out["records"] = cell.records;
      }
      cells.push_back(out);
    }
    ordered_json out = {{"metric", row.metric->id},
                        {"name", row.metric->name},
                        {"group", row.metric->group},
                        {"unit", row.metric->unit},
                        {"less_is_better", row.metric->less_is_better},
                        {"cells", cells},
                        {"against", ordered_json::array()}};
    for (const Against& against : row.against) out["against"].push_back(to_json(against));
    rows.push_back(out);
  }
  return {{"title", table.title},
          {"systems", systems},
          {"today", table.today == nullptr ? "" : table.today->id},
          {"rows", rows},
          {"sentence", table.sentence}};
}

}  // namespace assay::cli::check
