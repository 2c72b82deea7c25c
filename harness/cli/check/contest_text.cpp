#include "harness/cli/check/contest_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/terminal/wrapped.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"

namespace assay::cli::check {
namespace {

using nlohmann::ordered_json;
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

std::string number(const ContestRow& row, const Cell& cell) {
  return results::page::number_text(cell.value /
                                    results::claims::parse_unit(row.metric->unit).scale);
}

/// A number with a mark for its kind, or a word that says why there is none.
std::string cell_text(const ContestRow& row, const Cell& cell) {
  switch (cell.kind) {
    case CellKind::claimed:
      return number(row, cell) + (cell.unverified ? "?" : "");
    case CellKind::measured:
      return number(row, cell) + "*";
    case CellKind::unknown:
      return "unknown";
    case CellKind::not_applicable:
      return "–";
  }
  return "";
}

std::string ratio_text(const ContestRow& row) {
  return row.known ? results::claims::format_in(row.ratio, "x", 3) : std::string();
}

/// Right-aligned by columns, not by bytes.
std::string right(const std::string& text, int width) {
  int columns = 0;
  for (const char c : text) columns += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return std::string(static_cast<std::size_t>(std::max(0, width - columns)), ' ') + text;
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

}  // namespace

std::string contest_text(const ContestTable& table) {
  const int width = std::max(9, std::min(15, 48 / static_cast<int>(table.systems.size())));
  std::string out = harness::terminal::wrapped(table.title, 0) + "\n";
  for (std::size_t i = 0; i < table.systems.size(); ++i) {
    out += fmt::format("  {}  {}\n", static_cast<char>('A' + i), table.systems[i]->name);
  }
  std::string group;
  for (const ContestRow& row : table.rows) {
    if (row.metric->group != group) {
      group = row.metric->group;
      std::string head;
      for (std::size_t i = 0; i < table.systems.size(); ++i) {
        head += right(std::string(1, static_cast<char>('A' + i)), width);
      }
      out += fmt::format("\n{}\n{:<24}{}{}\n", group_title(group), "", head, right("A/B", 8));
    }
    std::string label = fmt::format("  {}, {}", row.metric->name, row.metric->unit);
    if (label.size() > 24) {
      out += label + "\n";
      label.clear();
    }
    std::string line = fmt::format("{:<24}", label);
    for (const Cell& cell : row.cells) line += right(cell_text(row, cell), width);
    out +=
        fmt::format("{}{}\n", line, row.known ? right(ratio_text(row), 8) : right(row.outcome, 8));
  }
  out +=
      "\nClaimed by their sources; * measured here; ? depends on an unverified figure;\n"
      "– does not apply to a single chip.\n\n";
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
                                      : fmt::format("{} {}{}", name(cell.kind), cell.text,
                                                    cell.unverified ? " (unverified)" : ""));
    }
    out += fmt::format(" {} | {} |\n", ratio_text(row), row.outcome);
  }
  return out + "\n" + table.sentence + "\n";
}

std::string contest_csv(const ContestTable& table) {
  std::string out = "metric,group,system,kind,value,unit,basis,unverified\n";
  for (const ContestRow& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      const bool known = cell.kind == CellKind::claimed || cell.kind == CellKind::measured;
      out += fmt::format("{},{},{},{},{},{},{},{}\n", csv_field(row.metric->name),
                         row.metric->group, table.systems[i]->id, name(cell.kind),
                         known ? number(row, cell) : std::string(), row.metric->unit,
                         csv_field(cell.basis), cell.unverified);
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
      if (cell.kind == CellKind::claimed || cell.kind == CellKind::measured) {
        const double scale = results::claims::parse_unit(row.metric->unit).scale;
        out["value"] = cell.value / scale;
        out["lower"] = cell.range.lower / scale;
        out["upper"] = cell.range.upper / scale;
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
                        {"ratio", nullptr},
                        {"outcome", row.outcome}};
    if (row.known) {
      out["ratio"] = {{"value", row.ratio}, {"lower", row.range.lower}, {"upper", row.range.upper}};
    }
    rows.push_back(out);
  }
  return {
      {"title", table.title}, {"systems", systems}, {"rows", rows}, {"sentence", table.sentence}};
}

}  // namespace assay::cli::check
