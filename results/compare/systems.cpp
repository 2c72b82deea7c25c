#include "results/compare/systems.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/claims/units.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"

namespace assay::results::compare {

namespace {

using claims::Cell;
using claims::CellKind;

bool is_whole(const claims::System& system) {
  return system.kind == "node" || system.kind == "rack" || system.kind == "supernode";
}

/// What is said of the first system, said of the other one.
std::string turned(const std::string& outcome) {
  return outcome == "ahead" ? "behind" : outcome == "behind" ? "ahead" : outcome;
}

/// Whether price and power of both systems are those of what the metric counts.
bool is_of_whole(const claims::ContestRow& row, const claims::System& a, const claims::System& b) {
  if (row.metric->less_is_better || is_whole(a) != is_whole(b)) return false;
  return row.metric->group == (is_whole(a) ? "system" : "chip");
}

SystemRatio ratio_of(const claims::ContestRow& row, std::size_t other,
                     const std::vector<SystemSide>& sides) {
  const claims::Against& against = row.against[other - 1];
  SystemRatio out;
  out.known = against.known && against.ratio > 0;
  out.outcome = turned(against.outcome);
  if (!out.known) return out;
  out.value = 1 / against.ratio;
  out.ends = {1 / against.ends.upper, 1 / against.ends.lower};
  const SystemSide &a = sides.front(), &b = sides[other];
  if (!is_of_whole(row, *a.system, *b.system)) return out;
  if (a.price && b.price) out.per_dollar = out.value * a.price->dollars / b.price->dollars;
  if (a.power && b.power) out.per_watt = out.value * a.power->watts / b.power->watts;
  return out;
}

bool same_text(const claims::Property& a, const claims::Property& b) {
  return a.source.title == b.source.title && a.source.url == b.source.url &&
         a.standing == b.standing;
}

std::size_t place_of(const claims::Property& figure,
                     std::vector<const claims::Property*>& sources) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (same_text(*sources[i], figure)) return i;
  }
  sources.push_back(&figure);
  return sources.size() - 1;
}

std::string times(double ratio) {
  return claims::format_in(ratio, "x", 3);
}

/// "1.76×", or "equal".
std::string share_text(double ratio) {
  const std::string text = times(ratio);
  return text == times(1) ? "equal" : text;
}

/// "bf16 peak (per chip) 1.43×, HBM bandwidth (per chip) 1.2×", at most four.
std::string named(const std::vector<const SystemRow*>& rows, std::size_t other) {
  constexpr std::size_t kNamed = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, rows.size()); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", metric_text(*rows[i]->row),
                        ratio_text(rows[i]->ratios[other - 1]));
  }
  if (rows.size() > kNamed) text += fmt::format(", and {} more", rows.size() - kNamed);
  return text;
}

std::string conclusion(const SystemsTable& table, std::size_t other) {
  std::map<std::string, std::vector<const SystemRow*>> by_outcome;
  std::size_t known = 0;
  const SystemRow* paid = nullptr;
  for (const SystemRow& row : table.rows) {
    const SystemRatio& ratio = row.ratios[other - 1];
    if (!ratio.known) continue;
    ++known;
    by_outcome[ratio.outcome].push_back(&row);
    if (paid == nullptr && (ratio.per_dollar || ratio.per_watt)) paid = &row;
  }
  std::string text = fmt::format("{} against {}, by what is published: ", table.sides[other].label,
                                 table.sides[0].label);
  if (known == 0) return text + "no metric is published of both";
  const char* separator = "";
  for (const char* outcome : {"ahead", "behind"}) {
    const auto& rows = by_outcome[outcome];
    if (rows.empty()) continue;
    text += fmt::format("{}{} in {} of {} metrics: {}", separator, outcome, rows.size(), known,
                        named(rows, other));
    separator = "; ";
  }
  const std::size_t equal = by_outcome["level"].size() + by_outcome["not separated"].size();
  if (equal > 0) text += fmt::format("{}no difference shown in {}", separator, equal);
  if (paid != nullptr) {
    text += fmt::format("; {}: {}", metric_text(*paid->row), per_text(paid->ratios[other - 1]));
  }
  return text;
}

}  // namespace

SystemsTable systems_table(claims::ContestTable contest, std::vector<SystemSide> sides) {
  SystemsTable table;
  table.contest = std::move(contest);
  table.sides = std::move(sides);
  for (const claims::ContestRow& row : table.contest.rows) {
    SystemRow& out = table.rows.emplace_back();
    out.row = &row;
    for (const Cell& cell : row.cells) {
      std::vector<std::size_t>& places = out.sources.emplace_back();
      for (const claims::Property* figure : cell.figures) {
        const std::size_t place = place_of(*figure, table.sources);
        if (std::ranges::find(places, place) == places.end()) places.push_back(place);
      }
    }
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      out.ratios.push_back(ratio_of(row, i, table.sides));
      out.published_alike |= out.ratios.back().known;
    }
  }
  return table;
}

std::string source_text(const claims::Property& figure) {
  const claims::Source& source = figure.source;
  const std::string voice = source.voice();
  std::string text = voice == source.title || source.title.empty()
                         ? voice
                         : fmt::format("{}, {}", voice, source.title);
  return fmt::format("{} ({}{}{})", text, name(figure.standing), source.date.empty() ? "" : ", ",
                     source.date);
}

std::string ratio_text(const SystemRatio& ratio) {
  if (!ratio.known) return "";
  // Ends that differ only in further digits are no range.
  const std::string lower = page::number_text(ratio.ends.lower, 3);
  if (lower == page::number_text(ratio.ends.upper, 3)) return times(ratio.value);
  return fmt::format("{}–{}", lower, times(ratio.ends.upper));
}

std::string per_text(const SystemRatio& ratio) {
  std::string text;
  if (ratio.per_dollar) text += share_text(*ratio.per_dollar) + " per dollar";
  if (ratio.per_watt) {
    text += fmt::format("{}{} per watt", text.empty() ? "" : ", ", share_text(*ratio.per_watt));
  }
  return text;
}

std::string metric_text(const claims::ContestRow& row) {
  const std::string &name = row.metric->name, &group = row.metric->group;
  if (group == "kernel") return name;
  const std::string of = group == "system" ? "whole" : "per " + group;
  if (name.ends_with(')')) return fmt::format("{}, {})", name.substr(0, name.size() - 1), of);
  return fmt::format("{} ({})", name, of);
}

std::string references(const SystemRow& row, std::size_t other) {
  std::string text;
  std::vector<std::size_t> seen;
  for (const std::size_t i : {std::size_t{0}, other}) {
    if (row.row->cells[i].kind == CellKind::measured) return "measured";
    for (const std::size_t place : row.sources[i]) {
      if (std::ranges::find(seen, place) != seen.end()) continue;
      seen.push_back(place);
      text += fmt::format("[{}]", place + 1);
    }
  }
  return text;
}

std::vector<std::string> conclusions(const SystemsTable& table) {
  std::vector<std::string> out;
  for (std::size_t i = 1; i < table.sides.size(); ++i) out.push_back(conclusion(table, i));
  return out;
}

std::vector<std::string> notes(const SystemsTable& table) {
  std::vector<std::string> out;
  const std::string& a = table.sides[0].label;
  const std::string b = table.sides.size() == 2 ? table.sides[1].label : "the other system";
  out.push_back(fmt::format(
      "A ratio is {0} / {1}: above 1, {0} has more; of power, price and racks less is better. A "
      "range goes from the least to the greatest figure of sources of the same weight.",
      b, a));
  std::size_t apart = 0, disputed = 0;
  bool measured = false;
  for (const SystemRow& row : table.rows) {
    apart += row.published_alike ? 0 : 1;
    for (const Cell& cell : row.row->cells) {
      disputed += cell.disputed.size();
      measured |= cell.kind == CellKind::measured;
    }
  }
  if (table.power_given) {
    out.emplace_back(
        "Metrics per watt are of the published power; \"per watt\" beside a ratio is of the power "
        "that was given.");
  }
  if (apart > 0) {
    out.push_back(fmt::format("not published alike: {}", page::counted(apart, "metric")));
  }
  out.push_back(disputed == 0
                    ? std::string("contradictions: none found (assay audit)")
                    : fmt::format("contradicted by other published figures: {}, marked ! (assay "
                                  "audit)",
                                  page::counted(disputed, "figure")));
  out.emplace_back(measured ? "Measured figures say so; all others are claimed."
                            : "All figures are claimed; none is measured here.");
  return out;
}

}  // namespace assay::results::compare
