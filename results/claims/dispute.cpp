#include "results/claims/dispute.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

bool states(const UsedFigure& figure, const Claim& claim) {
  return figure.name == "claim:" + claim.id ||
         std::ranges::find(figure.claims, claim.id) != figure.claims.end();
}

/// A plain number of a rule, such as the 2 of a multiply-add, is nobody's figure.
bool is_constant(const UsedFigure& figure) {
  return figure.name.find(':') == std::string::npos;
}

std::vector<UsedFigure> opponents_of(const Finding& finding, const Claim& claim) {
  std::vector<UsedFigure> out;
  for (const UsedFigure& figure : finding.figures) {
    const bool known = std::ranges::any_of(
        out, [&](const UsedFigure& other) { return other.name == figure.name; });
    if (!states(figure, claim) && !is_constant(figure) && !known) out.push_back(figure);
  }
  std::ranges::stable_sort(out, {}, &UsedFigure::standing);
  return out;
}

Standing weakest(const Finding& finding, const std::vector<UsedFigure>& opponents) {
  Standing out = Standing::benchmark;
  for (const UsedFigure& figure : opponents) out = std::max(out, figure.standing);
  if (!finding.unverified.empty()) out = Standing::unverified;
  return out;
}

std::string cited(const std::string& figure, Standing standing, const Source& source) {
  return fmt::format("{} ({}, {})", figure, name(standing), source.voice());
}

bool overlaps(const Claim& claim, const Property& other) {
  const double reach = claim.tolerance * std::abs(claim.value->value);
  // Prices in two currencies are not compared.
  return other.dimension == claim.value->dimension &&
         other.range.lower <= claim.value->range.upper + reach &&
         other.range.upper >= claim.value->range.lower - reach;
}

}  // namespace

std::string Dispute::text() const {
  std::string out;
  for (const UsedFigure& figure : opponents) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", figure.name,
                       cited(figure.text, figure.standing, figure.source));
  }
  return out;
}

bool disputes(const Finding& finding, const Claim& claim) {
  if (finding.holds) return false;
  if (std::ranges::find(finding.against, claim.id) == finding.against.end()) return false;
  return may_contradict(weakest(finding, opponents_of(finding, claim)), claim.standing);
}

std::optional<Dispute> dispute(const Claim& claim, std::span<const Finding* const> findings) {
  std::optional<Dispute> best;
  for (const Finding* finding : findings) {
    if (!disputes(*finding, claim)) continue;
    Dispute one;
    one.finding = finding;
    one.opponents = opponents_of(*finding, claim);
    one.weakest = weakest(*finding, one.opponents);
    const bool agrees = std::ranges::any_of(findings, [&](const Finding* other) {
      if (!other->holds || other->group != finding->group) return false;
      const bool uses_claim = std::ranges::any_of(
          other->figures, [&](const UsedFigure& figure) { return states(figure, claim); });
      return uses_claim && weakest(*other, opponents_of(*other, claim)) <= one.weakest;
    });
    if (agrees) continue;
    const bool stronger =
        !best || one.weakest < best->weakest ||
        (one.weakest == best->weakest && std::abs(finding->gap) > std::abs(best->finding->gap));
    if (stronger) best = std::move(one);
  }
  return best;
}

std::vector<Agreement> agreements(const Catalogue& catalogue, const Claim& claim) {
  std::vector<Agreement> out;
  if (!claim.value || is_expression(claim.quantity) || claim.system.empty()) return out;
  std::set<std::string> voices;
  const auto add = [&](const Property& figure) {
    if (!may_corroborate(figure.standing) || !overlaps(claim, figure)) return;
    if (!figure.scope.empty() && !claim.value->scope.empty() && figure.scope != claim.value->scope)
      return;
    const std::string voice = figure.source.voice();
    if (!voices.insert(voice).second) return;
    out.push_back({cited(shown(figure), figure.standing, figure.source), voice});
  };
  add(*claim.value);
  const System& system = catalogue.systems.at(claim.system);
  if (const auto found = system.properties.find(claim.quantity); found != system.properties.end()) {
    for (const Property& property : found->second) add(property);
  }
  for (const Claim& other : catalogue.claims) {
    const bool same = other.id != claim.id && other.value && other.derived.empty() &&
                      other.system == claim.system && other.quantity == claim.quantity &&
                      other.comparison == Comparison::equal && other.conditions == claim.conditions;
    if (same) add(*other.value);
  }
  return out;
}

}  // namespace assay::results::claims
