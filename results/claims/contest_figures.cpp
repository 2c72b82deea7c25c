#include "results/claims/contest_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "results/claims/dispute.h"
#include "results/claims/quantity_kind.h"
#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

bool adds_up(const std::string& quantity) {
  return quantity.starts_with("peak.") || quantity == "memory.capacity" ||
         quantity == "memory.bandwidth" || quantity == "chips";
}

/// Figures of one weight are a range; a figure of less weight is no part of it.
int weight_of(Standing standing) {
  if (may_corroborate(standing)) return 0;
  return standing == Standing::press ? 1 : standing == Standing::social ? 2 : 3;
}

statistics::Interval hull(const statistics::Interval& a, const statistics::Interval& b) {
  return {std::min(a.lower, b.lower), std::max(a.upper, b.upper)};
}

statistics::Interval ends_of(const Property& property) {
  return property.ends.value_or(statistics::Interval{property.value, property.value});
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::ranges::find(list, text) == list.end()) list.push_back(text);
}

/// The conditions of a rate that depends on what runs, and which of the usual ones are missing.
std::string conditions_of(const Claim& claim) {
  static constexpr std::array<std::pair<const char*, const char*>, 4> kUsual = {
      {{"type", "type"}, {"context", "context"}, {"batch", "batch"}, {"tpot", "TPOT"}}};
  std::string text = conditions_text(claim);
  for (const auto& [key, label] : kUsual) {
    if (claim.conditions.contains(key)) continue;
    text += fmt::format("{}{} not stated", text.empty() ? "" : "; ", label);
  }
  return text;
}

}  // namespace

ContestFigures::ContestFigures(const Catalogue& catalogue, std::span<const Finding> findings)
    : catalogue_(catalogue), figures_(catalogue) {
  for (const Finding& finding : findings) {
    for (const std::string& claim : finding.claims) findings_by_claim_[claim].push_back(&finding);
  }
}

std::optional<RangedFigure> ContestFigures::find(const System& system,
                                                 const std::string& quantity) const {
  if (auto own = published(system, quantity)) return own;
  const auto counted = [](double number) {
    return RangedFigure{
        number, {number, number}, {number, number}, fmt::format("{}", number), "", {}, false};
  };
  if ((quantity == "chips" && system.kind == "chip") ||
      (quantity == "racks" && system.kind == "rack")) {
    return counted(1);
  }
  if (!adds_up(quantity)) return std::nullopt;
  for (const auto& [part, count] : all_parts(catalogue_, system)) {
    if (quantity == "chips" && part->kind == "chip") return counted(count);
    auto of_part = published(*part, quantity);
    if (!of_part) continue;
    of_part->value *= count;
    for (statistics::Interval* interval : {&of_part->ends, &of_part->range}) {
      *interval = {interval->lower * count, interval->upper * count};
    }
    of_part->shown = fmt::format("{} × {}", count, of_part->shown);
    return of_part;
  }
  return std::nullopt;
}

std::optional<RangedFigure> ContestFigures::published(const System& system,
                                                      const std::string& quantity) const {
  std::vector<const Figure*> chosen;
  for (const Figure& figure : figures_.of(system.id, quantity)) {
    if (!figure.particular) chosen.push_back(&figure);
  }
  // Without others, a figure that stands for itself is better than none.
  if (chosen.empty()) {
    for (const Figure& figure : figures_.of(system.id, quantity)) chosen.push_back(&figure);
    if (chosen.empty()) return std::nullopt;
    chosen.resize(1);
  }
  const auto weight = [](const Figure* one) { return weight_of(one->property->standing); };
  const Property& first = *(*std::ranges::min_element(chosen, {}, weight))->property;
  RangedFigure out;
  out.value = first.value;
  out.ends = ends_of(first);
  out.range = first.range;
  out.scope = first.scope;
  out.dimension = first.dimension;
  out.unverified = first.standing == Standing::unverified;
  std::erase_if(chosen, [&](const Figure* one) {
    return weight(one) != weight_of(first.standing) || one->property->scope != first.scope ||
           one->property->dimension != first.dimension;
  });
  for (const Figure* one : chosen) {
    out.ends = hull(out.ends, ends_of(*one->property));
    out.range = hull(out.range, one->property->range);
    out.figures.push_back(one->property);
    describe(*one, out);
  }
  // Where all say the same there is nothing to weigh.
  if (out.ends.lower == out.ends.upper || chosen.size() == 1) out.sources.clear();
  out.shown = out.ends.lower == out.ends.upper
                  ? shown(first)
                  : fmt::format("{}–{}", format_in(out.ends.lower, first.unit, 4),
                                format_in(out.ends.upper, first.unit, 4));
  if (first.ends && chosen.size() == 1) out.shown = shown(first);
  return out;
}

/// Adds the source, the disputes and the conditions of one figure.
void ContestFigures::describe(const Figure& figure, RangedFigure& out) const {
  const Property& property = *figure.property;
  add_once(out.sources,
           fmt::format("{} ({}, {}{}{})", shown(property), name(property.standing),
                       property.source.voice(), property.source.date.empty() ? "" : ", ",
                       property.source.date.substr(0, 7)));
  for (const std::string& id : figure.claims) {
    add_once(out.disputed, dispute_of(id));
    const Claim& claim = find_claim(catalogue_, id);
    const QuantityKind* kind = kind_of(claim.quantity);
    if (kind != nullptr && kind->of_workload) add_once(out.conditions, conditions_of(claim));
  }
}

std::string ContestFigures::dispute_of(const std::string& id) const {
  const Claim& claim = find_claim(catalogue_, id);
  const auto found = findings_by_claim_.find(id);
  if (found != findings_by_claim_.end()) {
    if (const auto one = dispute(claim, found->second)) {
      return fmt::format("{} by {}: {}", shown(*claim.value), one->text(),
                         one->finding->arithmetic);
    }
  }
  const auto bound = broken_bound(catalogue_, claim);
  return bound ? fmt::format("{} by {}: {}", shown(*claim.value), bound->text, bound->arithmetic)
               : "";
}

}  // namespace assay::results::claims
