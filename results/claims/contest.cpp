#include "results/claims/contest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>

#include "kernels/error.h"
#include "results/claims/expression.h"
#include "results/claims/figures.h"
#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

/// A quantity of a system as one value: published, or the sum of the figures of its parts.
struct Value {
  double value = 0;
  statistics::Interval range;
  std::string shown, scope;
  bool unverified = false;
  Dimension dimension;
};

Value published(const Property& property) {
  return {property.value,
          property.range,
          claims::shown(property),
          property.scope,
          property.standing == Standing::unverified,
          property.dimension};
}

bool adds_up(const std::string& quantity) {
  return quantity.starts_with("peak.") || quantity == "memory.capacity" ||
         quantity == "memory.bandwidth" || quantity == "chips";
}

/// The preferred figure; values of claims count as published figures.
const Property* figure(const Figures& figures, const System& system, const std::string& quantity) {
  const auto& all = figures.of(system.id, quantity);
  return all.empty() ? nullptr : all.front().property;
}

std::optional<Value> find_value(const Catalogue& catalogue, const Figures& figures,
                                const System& system, const std::string& quantity) {
  if (const Property* own = figure(figures, system, quantity)) return published(*own);
  if ((quantity == "chips" && system.kind == "chip") ||
      (quantity == "racks" && system.kind == "rack")) {
    return Value{1, {1, 1}, "1", "", false, {}};
  }
  if (!adds_up(quantity)) return std::nullopt;
  for (const auto& [part, count] : all_parts(catalogue, system)) {
    if (quantity == "chips" && part->kind == "chip") {
      return Value{count, {count, count}, fmt::format("{}", count), "", false, {}};
    }
    if (const Property* of_part = figure(figures, *part, quantity)) {
      Value value = published(*of_part);
      value.value *= count;
      value.range = {value.range.lower * count, value.range.upper * count};
      value.shown = fmt::format("{} × {}", count, value.shown);
      return value;
    }
  }
  return std::nullopt;
}

/// Metrics of a whole system or rack do not apply to a single chip.
bool applies(const Metric& metric, const System& system) {
  const bool whole = system.kind == "rack" || system.kind == "supernode" || system.kind == "node";
  return whole || (metric.group != "system" && metric.group != "rack");
}

/// The chip that a system is made of; the system itself if it is a chip.
const System* chip_of(const Catalogue& catalogue, const System& system) {
  if (system.kind == "chip" || system.kind == "cpu") return &system;
  for (const auto& [part, count] : all_parts(catalogue, system)) {
    if (part->kind == "chip") return part;
  }
  return nullptr;
}

Cell claimed_cell(const Catalogue& catalogue, const Figures& figures, const Metric& metric,
                  const System& whole) {
  Cell cell;
  if (!applies(metric, whole)) {
    cell.kind = CellKind::not_applicable;
    return cell;
  }
  // Kernels and serving are stated per chip.
  const System* chip = metric.group == "kernel" ? chip_of(catalogue, whole) : nullptr;
  const System& system = chip == nullptr ? whole : *chip;
  const Expression expression(metric.quantity);
  std::vector<double> values;
  std::vector<statistics::Interval> ranges;
  std::vector<Dimension> dimensions;
  std::map<std::string, std::string> shown;
  for (const std::string& name : expression.names()) {
    const std::string quantity = name.substr(name.find(':') + 1);
    const auto value = find_value(catalogue, figures, system, quantity);
    if (!value) {
      cell.basis = fmt::format("no {} is published", quantity);
      return cell;
    }
    values.push_back(value->value);
    ranges.push_back(value->range);
    dimensions.push_back(value->dimension);
    shown[name] = value->shown;
    cell.unverified |= value->unverified;
    if (!value->scope.empty()) cell.scope = value->scope;
  }
  if (expression.dimension(std::span<const Dimension>(dimensions)) !=
      parse_unit(metric.unit).dimension) {
    cell.basis = fmt::format("it is not published in {}", metric.unit);
    return cell;
  }
  cell.kind = CellKind::claimed;
  cell.value = expression.evaluate(std::span<const double>(values));
  cell.range = expression.evaluate(std::span<const statistics::Interval>(ranges));
  cell.text = format_in(cell.value, metric.unit);
  cell.basis = expression.substitute([&](const std::string& name) { return shown.at(name); });
  return cell;
}

Cell measured_cell(const Catalogue& catalogue, const Metric& metric, const System& system,
                   EvidenceIndex& evidence) {
  Cell cell;
  const System* chip = chip_of(catalogue, system);
  if (chip == nullptr) return cell;
  const bool flop = parse_unit(metric.unit).dimension == parse_unit("FLOP/s").dimension;
  const Test test{{{"x", metric.measured}}, flop ? "rate.flop(x)" : "rate.byte(x)", {}};
  const auto found = evidence.measured(test, *chip);
  if (found.empty()) {
    cell.basis = "it was not measured here";
    return cell;
  }
  const auto best = std::ranges::max_element(found, {}, &Measured::value);
  // A driver shows each die of a package as a device of its own.
  const Property* dies = chip->figure("dies");
  const double devices = dies == nullptr ? 1 : dies->value;
  cell.kind = CellKind::measured;
  cell.value = best->value * devices;
  cell.range = {best->interval.lower * devices, best->interval.upper * devices};
  cell.text = format_in(cell.value, metric.unit);
  cell.basis = best->text;
  cell.records = best->records;
  return cell;
}

void set_outcome(ContestRow& row) {
  const Cell& first = row.cells[0];
  const Cell& second = row.cells[1];
  if (first.kind != second.kind || first.kind == CellKind::unknown ||
      first.kind == CellKind::not_applicable) {
    row.outcome = "unknown";
    return;
  }
  if (first.scope != second.scope) {
    row.outcome = "different scopes";
    return;
  }
  row.known = true;
  row.ratio = first.value / second.value;
  row.range = {first.range.lower / second.range.upper, first.range.upper / second.range.lower};
  const bool less = row.metric->less_is_better;
  row.outcome = row.range.lower > 1   ? (less ? "behind" : "ahead")
                : row.range.upper < 1 ? (less ? "ahead" : "behind")
                                      : "level";
}

std::string_view group_words(std::string_view group) {
  if (group == "system") return "totals of the system";
  if (group == "chip") return "per chip";
  if (group == "watt") return "per watt";
  if (group == "rack") return "per rack";
  return "in kernels and serving";
}

/// "bf16 peak and HBM capacity (totals of the system); bf16 peak (per watt)".
std::string metrics_text(const std::vector<const ContestRow*>& rows) {
  std::string text;
  for (std::size_t i = 0; i < rows.size();) {
    const std::string& group = rows[i]->metric->group;
    std::vector<std::string> names;
    for (; i < rows.size() && rows[i]->metric->group == group; ++i) {
      names.push_back(rows[i]->metric->name);
    }
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", group_words(group),
                        fmt::join(names, ", "));
  }
  return text;
}

std::string sentence(const ContestTable& table) {
  std::map<std::string, std::vector<const ContestRow*>> by_outcome;
  bool measured = false;
  for (const ContestRow& row : table.rows) {
    by_outcome[row.outcome].push_back(&row);
    measured |= std::ranges::any_of(
        row.cells, [](const Cell& cell) { return cell.kind == CellKind::measured; });
  }
  std::string text;
  for (const char* outcome : {"ahead", "behind", "level"}) {
    const auto& rows = by_outcome[outcome];
    const std::string_view word = std::string_view(outcome) == "level" ? "level with" : outcome;
    if (rows.empty()) continue;
    text += fmt::format("{} is {}{} in {} of {} metrics ({}). ", table.systems[0]->name, word,
                        std::string_view(outcome) == "ahead"    ? " of " + table.systems[1]->name
                        : std::string_view(outcome) == "behind" ? ""
                                                                : " " + table.systems[1]->name,
                        rows.size(), table.rows.size(), metrics_text(rows));
  }
  const std::size_t open = by_outcome["unknown"].size() + by_outcome["different scopes"].size();
  if (open > 0) {
    text += fmt::format("{} {} unknown, because comparable figures of both systems are missing. ",
                        open, open == 1 ? "is" : "are");
  }
  return text + (measured ? "Measured figures are marked; all others are claimed."
                          : "All figures are claimed; none is measured here.");
}

}  // namespace

ContestTable contest_table(const Catalogue& catalogue, const Contest& contest,
                           EvidenceIndex& evidence) {
  ContestTable table;
  const Figures figures(catalogue);
  table.title = contest.title;
  table.claim = contest.claim;
  for (const std::string& id : contest.systems)
    table.systems.push_back(&find_system(catalogue, id));
  for (const Metric& metric : catalogue.metrics) {
    const bool wanted = contest.metrics.empty() ||
                        std::ranges::find(contest.metrics, metric.id) != contest.metrics.end();
    if (!wanted) continue;
    ContestRow& row = table.rows.emplace_back();
    row.metric = &metric;
    for (const System* system : table.systems) {
      row.cells.push_back(metric.measured.empty()
                              ? claimed_cell(catalogue, figures, metric, *system)
                              : measured_cell(catalogue, metric, *system, evidence));
    }
    set_outcome(row);
  }
  table.sentence = sentence(table);
  return table;
}

ContestTable compare_systems(const Catalogue& catalogue, const std::vector<std::string>& systems,
                             EvidenceIndex& evidence) {
  if (systems.size() < 2) {
    throw InputError("a comparison needs two or more systems", "name systems of the catalogue");
  }
  Contest contest;
  contest.systems = systems;
  for (const std::string& id : systems) {
    contest.title += (contest.title.empty() ? "" : " versus ") + find_system(catalogue, id).name;
  }
  return contest_table(catalogue, contest, evidence);
}

std::string_view name(CellKind kind) {
  switch (kind) {
    case CellKind::claimed:
      return "claimed";
    case CellKind::measured:
      return "measured";
    case CellKind::unknown:
      return "unknown";
    case CellKind::not_applicable:
      return "not applicable";
  }
  return "";
}

}  // namespace assay::results::claims
