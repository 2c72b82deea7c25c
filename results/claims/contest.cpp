#include "results/claims/contest.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include "kernels/error.h"
#include "results/claims/contest_figures.h"
#include "results/claims/expression.h"
#include "results/claims/figures.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

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

/// "300 PFLOP/s", "500–600 kW".
std::string range_text(const Cell& cell, const std::string& unit) {
  const double scale = parse_unit(unit).scale;
  const std::string lower = page::number_text(cell.ends.lower / scale);
  // Ends that differ only in further digits are no range.
  if (lower == page::number_text(cell.ends.upper / scale)) return format_in(cell.value, unit);
  return fmt::format("{}–{}", lower, format_in(cell.ends.upper, unit));
}

void add_missing(std::vector<std::string>& to, const std::vector<std::string>& from) {
  for (const std::string& text : from) {
    if (std::ranges::find(to, text) == to.end()) to.push_back(text);
  }
}

Cell claimed_cell(const Catalogue& catalogue, const ContestFigures& figures, const Metric& metric,
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
  std::vector<statistics::Interval> ends, ranges;
  std::vector<Dimension> dimensions;
  std::map<std::string, std::string> shown;
  for (const std::string& name : expression.names()) {
    const std::string quantity = name.substr(name.find(':') + 1);
    const auto figure = figures.find(system, quantity);
    if (!figure) {
      cell.basis = fmt::format("no {} is published", quantity);
      return cell;
    }
    values.push_back(figure->value);
    ends.push_back(figure->ends);
    ranges.push_back(figure->range);
    dimensions.push_back(figure->dimension);
    shown[name] = figure->shown;
    cell.unverified |= figure->unverified;
    if (!figure->scope.empty()) cell.scope = figure->scope;
    cell.figures.insert(cell.figures.end(), figure->figures.begin(), figure->figures.end());
    add_missing(cell.sources, figure->sources);
    add_missing(cell.disputed, figure->disputed);
    add_missing(cell.conditions, figure->conditions);
  }
  if (expression.dimension(std::span<const Dimension>(dimensions)) !=
      parse_unit(metric.unit).dimension) {
    cell.basis = fmt::format("it is not published in {}", metric.unit);
    return cell;
  }
  cell.kind = CellKind::claimed;
  cell.value = expression.evaluate(std::span<const double>(values));
  cell.ends = expression.evaluate(std::span<const statistics::Interval>(ends));
  cell.range = expression.evaluate(std::span<const statistics::Interval>(ranges));
  cell.text = range_text(cell, metric.unit);
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
  auto found = evidence.measured(test, *chip);
  const bool any = !found.empty();
  std::erase_if(found,
                [](const Measured& one) { return one.trust.has(trust::Fault::implausible); });
  if (found.empty()) {
    cell.basis = any ? "its measured times cannot be true" : "it was not measured here";
    return cell;
  }
  const auto best = std::ranges::max_element(found, {}, &Measured::value);
  // A driver shows each die of a package as a device of its own.
  const Property* dies = chip->figure("dies");
  const double devices = dies == nullptr ? 1 : dies->value;
  cell.kind = CellKind::measured;
  cell.value = best->value * devices;
  cell.ends = {cell.value, cell.value};
  cell.range = {best->interval.lower * devices, best->interval.upper * devices};
  cell.text = format_in(cell.value, metric.unit);
  cell.basis = best->text;
  cell.records = best->records;
  return cell;
}

std::string outcome_of(const Cell& first, const Cell& other, bool less) {
  const bool same = first.value == other.value && first.range.lower == first.range.upper &&
                    other.range.lower == other.range.upper;
  if (same) return "level";
  if (first.range.lower > other.range.upper) return less ? "behind" : "ahead";
  if (first.range.upper < other.range.lower) return less ? "ahead" : "behind";
  return "not separated";
}

Against compare(const Cell& first, const Cell& other, const System& system, bool less) {
  Against out;
  out.system = &system;
  if (first.kind != other.kind || !first.is_known()) {
    out.outcome = "unknown";
    return out;
  }
  if (first.scope != other.scope) {
    out.outcome = "different scopes";
    return out;
  }
  out.known = true;
  out.outcome = outcome_of(first, other, less);
  // Neither of them can do this at all.
  const bool nothing = first.value == 0 && other.value == 0;
  out.ratio = nothing ? 1 : first.value / other.value;
  out.ends = nothing ? statistics::Interval{1, 1}
                     : statistics::Interval{first.ends.lower / other.ends.upper,
                                            first.ends.upper / other.ends.lower};
  return out;
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

using RowsByOutcome = std::map<std::string, std::vector<const ContestRow*>>;

std::size_t number_of(const RowsByOutcome& rows, const std::string& outcome) {
  const auto found = rows.find(outcome);
  return found == rows.end() ? 0 : found->second.size();
}

/// "Against GB300 NVL72, the rival of today, it is ahead in 5 and behind in 3 of 9 metrics."
std::string today_text(const ContestTable& table) {
  if (table.today == nullptr) return "";
  RowsByOutcome rows;
  std::size_t known = 0;
  for (const ContestRow& row : table.rows) {
    const Against* today = row.compared_with(table.today);
    if (today == nullptr || !today->known) continue;
    ++known;
    rows[today->outcome].push_back(&row);
  }
  const std::size_t equal = number_of(rows, "level") + number_of(rows, "not separated");
  return fmt::format(
      "Against {}, the rival of today, it is ahead in {} and behind in {} of {} metrics{}. ",
      table.today->name, number_of(rows, "ahead"), number_of(rows, "behind"), known,
      equal > 0 ? fmt::format(" and not separated in {}", equal) : "");
}

std::string disputed_text(const ContestTable& table) {
  std::vector<std::string> names;
  for (const ContestRow& row : table.rows) {
    const auto disputed = [](const Cell& cell) { return !cell.disputed.empty(); };
    if (std::ranges::any_of(row.cells, disputed)) names.push_back(row.metric->name);
  }
  return names.empty() ? ""
                       : fmt::format("Other published figures contradict a figure of: {}. ",
                                     fmt::join(names, ", "));
}

std::string sentence(const ContestTable& table) {
  RowsByOutcome by_outcome;
  bool measured = false;
  for (const ContestRow& row : table.rows) {
    by_outcome[row.rival().outcome].push_back(&row);
    measured |= std::ranges::any_of(
        row.cells, [](const Cell& cell) { return cell.kind == CellKind::measured; });
  }
  const std::string &first = table.systems[0]->name, &second = table.systems[1]->name;
  const std::vector<std::pair<std::string, std::string>> words = {
      {"ahead", "ahead of " + second},
      {"behind", "behind " + second},
      {"level", "level with " + second},
      {"not separated", "not separated from " + second}};
  std::string text;
  for (const auto& [outcome, word] : words) {
    const auto& rows = by_outcome[outcome];
    if (rows.empty()) continue;
    text += fmt::format("{} is {} in {} of {} metrics ({}). ", first, word, rows.size(),
                        table.rows.size(), metrics_text(rows));
  }
  const std::size_t open =
      number_of(by_outcome, "unknown") + number_of(by_outcome, "different scopes");
  if (open > 0) {
    text += fmt::format("{} {} unknown, because comparable figures of both systems are missing. ",
                        open, open == 1 ? "is" : "are");
  }
  text += today_text(table) + disputed_text(table);
  return text + (measured ? "Measured figures are marked; all others are claimed."
                          : "All figures are claimed; none is measured here.");
}

}  // namespace

const Against* ContestRow::compared_with(const System* system) const {
  const auto found = std::ranges::find(against, system, &Against::system);
  return found == against.end() ? nullptr : &*found;
}

ContestTable contest_table(const Catalogue& catalogue, const Contest& contest,
                           EvidenceIndex& evidence, std::span<const Finding> findings) {
  ContestTable table;
  const ContestFigures figures(catalogue, findings);
  table.title = contest.title;
  table.claim = contest.claim;
  for (const std::string& id : contest.systems)
    table.systems.push_back(&find_system(catalogue, id));
  if (!contest.today.empty()) {
    table.today = &find_system(catalogue, contest.today);
    const bool listed = std::ranges::find(table.systems, table.today) != table.systems.end();
    if (!listed) table.systems.insert(table.systems.begin() + 2, table.today);
  }
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
    for (std::size_t i = 1; i < row.cells.size(); ++i) {
      row.against.push_back(
          compare(row.cells[0], row.cells[i], *table.systems[i], metric.less_is_better));
    }
  }
  table.sentence = sentence(table);
  return table;
}

ContestTable compare_systems(const Catalogue& catalogue, const std::vector<std::string>& systems,
                             EvidenceIndex& evidence, std::span<const Finding> findings) {
  if (systems.size() < 2) {
    throw InputError("a comparison needs two or more systems", "name systems of the catalogue");
  }
  Contest contest;
  contest.systems = systems;
  for (const std::string& id : systems) {
    contest.title += (contest.title.empty() ? "" : " versus ") + find_system(catalogue, id).name;
  }
  return contest_table(catalogue, contest, evidence, findings);
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
