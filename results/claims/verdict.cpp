#include "results/claims/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/error.h"
#include "results/claims/contest.h"
#include "results/claims/dispute.h"
#include "results/claims/units.h"
#include "results/claims/verdict_text.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

Evidence measured_evidence(const Claim& claim, const Measured& measured) {
  std::string text = fmt::format("{} = {}", measured.text, show_interval(claim, measured));
  if (is_peak(claim)) {
    text += fmt::format(": {}% of the peak",
                        page::number_text(100 * measured.value / claim.value->value, 3));
  }
  return {EvidenceKind::measured, text, measured.records, measured.device.name, measured.date};
}

void add_audit(const Claim& claim, const std::vector<const Finding*>& findings, Verdict& verdict) {
  for (const Finding* each : findings) {
    const Finding& finding = *each;
    const std::string excused = excuse(finding, claim);
    std::string text =
        fmt::format("{} {}: {}", finding.holds ? "holds:" : "does not hold:", finding.statement,
                    finding.arithmetic);
    if (!finding.unverified.empty()) {
      text += fmt::format(" (depends on unverified {})", fmt::join(finding.unverified, ", "));
    } else if (!finding.holds && !excused.empty()) {
      text += fmt::format(" ({})", excused);
    }
    if (excused.empty() && !finding.reconcile.empty())
      text += fmt::format("; to reconcile: {}", finding.reconcile);
    verdict.evidence.push_back({EvidenceKind::audited, text, {}, {}, {}});
  }
}

/// Decides an undecided claim by published figures.
void weigh(const Catalogue& catalogue, const Claim& claim,
           const std::vector<const Finding*>& findings, std::span<const Claim* const> others,
           Verdict& verdict) {
  verdict.corroborated_by = agreements(catalogue, claim, others);
  if (const auto found = dispute(claim, findings)) {
    verdict.kind = VerdictKind::disputed;
    for (const UsedFigure& figure : found->opponents) {
      verdict.disputed_by.push_back(fmt::format("{} = {} ({}, {})", figure.name, figure.text,
                                                name(figure.standing), figure.source.voice()));
    }
    verdict.contradiction = found->finding->arithmetic;
    verdict.gap = found->finding->gap;
    const std::string measured =
        verdict.measured.known ? fmt::format(" ({})", verdict.reason) : std::string();
    verdict.reason = fmt::format(
        "{} {}: {}{}", found->opponents.size() == 1 ? "disputed by" : "does not follow from",
        found->text(), verdict.contradiction, measured);
  } else if (const auto bound = broken_bound(catalogue, claim)) {
    verdict.kind = VerdictKind::disputed;
    verdict.disputed_by.push_back(bound->text);
    verdict.contradiction = bound->arithmetic;
    verdict.gap = bound->gap;
    verdict.reason = fmt::format("disputed by {}: {}", bound->text, bound->arithmetic);
  } else if (verdict.corroborated_by.size() >= 2 && verdict.kind == VerdictKind::untested) {
    verdict.kind = VerdictKind::corroborated;
    constexpr std::size_t kMostNamed = 5;
    const std::size_t number = verdict.corroborated_by.size();
    const auto named = std::span(verdict.corroborated_by).first(std::min(number, kMostNamed));
    verdict.reason =
        fmt::format("{} independent sources agree: {}{}", number, fmt::join(named, "; "),
                    number > kMostNamed ? fmt::format("; and {} more", number - kMostNamed) : "");
  }
}

/// Adds the summary of each contest that answers the claim.
void add_contests(const Catalogue& catalogue, const Claim& claim, EvidenceIndex& evidence,
                  std::span<const Finding> findings, Verdict& verdict) {
  for (const Contest& contest : catalogue.contests) {
    if (contest.claim != claim.id) continue;
    verdict.evidence.push_back({EvidenceKind::audited,
                                contest_table(catalogue, contest, evidence, findings).sentence,
                                {},
                                {},
                                {}});
  }
}

/// How much a device's verdict says: a decision, then an interval that includes the limit, then a
/// routine that was not good enough.
int weight(VerdictKind kind) {
  if (kind == VerdictKind::supported || kind == VerdictKind::refuted) return 2;
  return kind == VerdictKind::inconclusive ? 1 : 0;
}

/// Of several devices the one whose measurement says most decides; two that decide must agree.
void add_measured(const Claim& claim, const Requirement& required,
                  std::span<const Measured> measured, Verdict& verdict) {
  const Measured* best = nullptr;
  for (const Measured& one : measured) {
    const VerdictKind kind = decide(required, one);
    verdict.evidence.push_back(measured_evidence(claim, one));
    for (const trust::Doubt& doubt : one.trust.doubts) verdict.trust.doubts.push_back(doubt);
    if (best != nullptr && weight(kind) <= weight(verdict.kind)) {
      if (weight(kind) < 2 || kind == verdict.kind) continue;
      verdict.kind = VerdictKind::inconclusive;
      verdict.reason =
          fmt::format("{} and {} disagree: see the evidence", best->device.name, one.device.name);
      return;
    }
    best = &one;
    verdict.kind = kind;
    verdict.reason = measured_reason(claim, required, one, kind);
    const double scale = parse_unit(claim.value->unit).scale;
    verdict.measured = {
        true, one.value / scale, {one.interval.lower / scale, one.interval.upper / scale}};
    verdict.decision = decision(claim, required, one);
  }
}

/// Modelled figures are listed and decide nothing.
void add_modelled(const Claim& claim, std::span<const Measured> models, Verdict& verdict) {
  for (const Measured& one : models) {
    verdict.evidence.push_back(
        {EvidenceKind::modelled,
         fmt::format("{} = {} (modelled from published figures, not measured)", one.text,
                     show(claim, one.value)),
         one.records, one.device.name + " (modelled)", one.date});
  }
}

/// Projections are listed and decide nothing.
void add_projected(const Catalogue& catalogue, const Claim& claim, const Projector& projector,
                   Verdict& verdict) {
  if (!projector) return;
  if (auto sentence = projector(catalogue, claim)) {
    verdict.evidence.push_back({EvidenceKind::projected, std::move(*sentence), {}, {}, {}});
  }
}

bool has_modelled(const Verdict& verdict) {
  return std::any_of(verdict.evidence.begin(), verdict.evidence.end(),
                     [](const Evidence& one) { return one.kind == EvidenceKind::modelled; });
}

std::string quantity_of(const Claim& claim) {
  return claim.system + ":" + claim.quantity;
}

bool in_set(const Claim& claim, std::string_view set) {
  return std::find(claim.sets.begin(), claim.sets.end(), set) != claim.sets.end();
}

}  // namespace

Judge::Judge(const Catalogue& catalogue, std::span<const record::Record> records,
             Projector projector, std::vector<std::string> told)
    : catalogue_(catalogue),
      projector_(std::move(projector)),
      evidence_(catalogue, records, std::move(told)),
      findings_(audit(catalogue)) {
  for (const Finding& finding : findings_) {
    for (const std::string& claim : finding.claims) findings_by_claim_[claim].push_back(&finding);
  }
  for (const Claim& claim : catalogue.claims)
    claims_by_quantity_[quantity_of(claim)].push_back(&claim);
}

Verdict Judge::verdict(const Claim& claim) {
  Verdict verdict;
  verdict.claim = claim.id;
  for (const Context& context : claim.context) {
    verdict.evidence.push_back(
        {EvidenceKind::published,
         fmt::format("{} ({}, {})", context.text, name(context.standing), context.source.title),
         {},
         {},
         context.source.date});
  }
  if (!claim.untestable.empty()) {
    verdict.kind = VerdictKind::untestable;
    verdict.reason = claim.untestable;
    add_contests(catalogue_, claim, evidence_, findings_, verdict);
    return verdict;
  }
  const Requirement required = requirement(catalogue_, claim);
  verdict.decision = decision(claim, required);
  if (claim.test && !claim.system.empty()) {
    const System& system = catalogue_.systems.at(claim.system);
    add_measured(claim, required, evidence_.measured(*claim.test, system), verdict);
    add_modelled(claim, evidence_.modelled(*claim.test, system), verdict);
  }
  add_projected(catalogue_, claim, projector_, verdict);
  static const std::vector<const Finding*> none;
  const auto found = findings_by_claim_.find(claim.id);
  const auto& findings = found == findings_by_claim_.end() ? none : found->second;
  add_audit(claim, findings, verdict);
  // One measured rate fits a range of peaks, so it does not settle a dispute about a peak.
  const bool open = verdict.kind == VerdictKind::untested ||
                    verdict.kind == VerdictKind::inconclusive ||
                    verdict.kind == VerdictKind::not_reached ||
                    (required.peak && verdict.kind == VerdictKind::supported);
  if (open) weigh(catalogue_, claim, findings, claims_by_quantity_[quantity_of(claim)], verdict);
  if (verdict.kind == VerdictKind::untested) {
    verdict.reason = untested_reason(catalogue_, claim, evidence_);
    if (has_modelled(verdict)) {
      verdict.reason = "there are only modelled figures, which decide nothing; " + verdict.reason;
    }
  }
  verdict.needs_measurement = !verdict.measured.known && claim.test.has_value();
  if (claim.standing == Standing::unverified) {
    verdict.reason += "; the claim's own source is unverified";
  }
  return verdict;
}

std::vector<Verdict> Judge::verdicts(std::string_view set) {
  if (!set.empty()) find_set(catalogue_, set);
  std::vector<Verdict> verdicts;
  for (const Claim& claim : catalogue_.claims) {
    if (claim.derived.empty() && (set.empty() || in_set(claim, set))) {
      verdicts.push_back(verdict(claim));
    }
  }
  return verdicts;
}

std::vector<Verdict> Judge::derived(std::string_view set) {
  std::vector<Verdict> verdicts;
  for (const Claim& claim : catalogue_.claims) {
    if (!claim.derived.empty() && (set.empty() || in_set(claim, set))) {
      verdicts.push_back(verdict(claim));
    }
  }
  return verdicts;
}

std::vector<Verdict> Judge::verdicts_on_present_devices(std::string_view set) {
  std::vector<Verdict> verdicts;
  if (!set.empty()) find_set(catalogue_, set);
  for (const Claim& claim : catalogue_.claims) {
    if ((!set.empty() && in_set(claim, set)) || claim.system.empty() || !claim.derived.empty())
      continue;
    const System& system = catalogue_.systems.at(claim.system);
    if (!evidence_.devices_of(system).empty()) verdicts.push_back(verdict(claim));
  }
  return verdicts;
}

std::string_view name(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::measured:
      return "measured";
    case EvidenceKind::published:
      return "published";
    case EvidenceKind::audited:
      return "audited";
    case EvidenceKind::projected:
      return "projected";
    case EvidenceKind::modelled:
      return "modelled";
  }
  return "";
}

}  // namespace assay::results::claims
