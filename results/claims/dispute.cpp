#include "results/claims/dispute.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>

#include "results/claims/quantity_kind.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

bool states(const UsedFigure& figure, const Claim& claim) {
  return figure.name == "claim:" + claim.id ||
         std::ranges::find(figure.claims, claim.id) != figure.claims.end();
}

/// Values further apart than this do not corroborate each other, even if their digits allow it.
constexpr double kCoarse = 0.03;

/// Whether two figures of one quantity differ because the same publisher changed it later.
bool is_superseded(const Finding& finding, const Claim& claim,
                   const std::vector<UsedFigure>& opponents) {
  if (finding.figures.size() != 2 || opponents.size() != 1) return false;
  const Source& other = opponents.front().source;
  return !independent(other, claim.source) && !other.date.empty() && other.date < claim.source.date;
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

/// Whether both are one text's statement within the digits of both. Digits so coarse that nearly
/// anything agrees with them corroborate nothing.
bool overlaps(const Claim& claim, const Property& other) {
  if (std::abs(other.value / claim.value->value - 1) > kCoarse) return false;
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

std::string excuse(const Finding& finding, const Claim& claim) {
  if (finding.holds) return "holds";
  if (std::ranges::find(finding.against, claim.id) == finding.against.end()) {
    return "does not count against the claim";
  }
  const auto opponents = opponents_of(finding, claim);
  if (is_superseded(finding, claim, opponents)) return "an older figure of the same publisher";
  return may_contradict(weakest(finding, opponents), claim.standing)
             ? ""
             : "figures of lower standing, which do not count against the claim";
}

bool disputes(const Finding& finding, const Claim& claim) {
  return excuse(finding, claim).empty();
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

std::optional<BrokenBound> broken_bound(const Catalogue& catalogue, const Claim& claim) {
  if (!claim.value || claim.comparison == Comparison::equal || claim.value->maximum ||
      is_expression(claim.quantity) || claim.system.empty()) {
    return std::nullopt;
  }
  const QuantityKind* kind = kind_of(claim.quantity);
  if (kind == nullptr || kind->of_workload) return std::nullopt;
  const System& system = catalogue.systems.at(claim.system);
  const auto found = system.properties.find(claim.quantity);
  if (found == system.properties.end()) return std::nullopt;
  const bool least = claim.comparison == Comparison::at_least;
  const double bound = claim.value->value * (1 + (least ? -claim.tolerance : claim.tolerance));
  const Property* opponent = nullptr;
  std::optional<Standing> agreeing;
  for (const Property& figure : found->second) {
    if (!may_contradict(figure.standing, claim.standing)) continue;
    if (figure.dimension != claim.value->dimension || figure.scope != claim.value->scope) continue;
    const bool breaks = least ? figure.range.upper < bound : figure.range.lower > bound;
    if (!breaks) {
      agreeing = std::min(agreeing.value_or(figure.standing), figure.standing);
    } else if (opponent == nullptr || figure.standing < opponent->standing) {
      opponent = &figure;
    }
  }
  if (opponent == nullptr || (agreeing && *agreeing <= opponent->standing)) return std::nullopt;
  const double gap = opponent->value / claim.value->value - 1;
  const std::string shown = format_in(opponent->value, opponent->unit, 6);
  return BrokenBound{
      opponent,
      fmt::format("{} versus {} {}: {}% {}", shown, name(claim.comparison),
                  format_in(claim.value->value, claim.value->unit, 6),
                  page::number_text(std::abs(gap) * 100, 2), gap < 0 ? "below" : "above"),
      gap, cited(shown, opponent->standing, opponent->source)};
}

std::vector<std::string> agreements(const Catalogue& catalogue, const Claim& claim,
                                    std::span<const Claim* const> others) {
  std::vector<std::string> out;
  if (!claim.value || is_expression(claim.quantity) || claim.system.empty()) return out;
  IndependentTexts texts;
  std::set<std::array<std::string_view, 3>> weighed;
  const auto add = [&](const Property& figure) {
    if (!may_corroborate(figure.standing) || !overlaps(claim, figure)) return;
    if (!figure.scope.empty() && !claim.value->scope.empty() && figure.scope != claim.value->scope)
      return;
    const Source& source = figure.source;
    if (!weighed.insert({source.title, source.url, source.publisher}).second) return;
    if (!texts.add(source)) return;
    out.push_back(cited(format_in(figure.value, figure.unit, 6), figure.standing, figure.source));
  };
  // What nobody stated cannot be one of the sources that agree.
  if (claim.derived.empty()) add(*claim.value);
  const System& system = catalogue.systems.at(claim.system);
  if (const auto found = system.properties.find(claim.quantity); found != system.properties.end()) {
    for (const Property& property : found->second) add(property);
  }
  for (const Claim* other : others) {
    const bool same = other->id != claim.id && other->value && other->derived.empty() &&
                      !other->value->maximum && other->comparison == Comparison::equal &&
                      other->conditions == claim.conditions;
    if (same) add(*other->value);
  }
  return out;
}

}  // namespace assay::results::claims
