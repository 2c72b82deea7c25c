#include "results/claims/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernels/error.h"
#include "results/claims/contest.h"
#include "results/claims/units.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

std::string what_would_decide(const Decision& decision) {
  if (decision.additional_samples) {
    return fmt::format("about {} more samples per problem would decide it",
                       *decision.additional_samples);
  }
  return *decision.guard_band_needed > 0
             ? "it is too close to the limit for more samples to decide it"
             : "no number of samples would decide it";
}

std::string show(const Claim& claim, double value) {
  return format_in(value, claim.value->unit);
}

std::string show_interval(const Claim& claim, const Measured& measured) {
  const double scale = parse_unit(claim.value->unit).scale;
  const std::string lower = page::number_text(measured.interval.lower / scale);
  return fmt::format("{} (95% interval {} to {})", show(claim, measured.value), lower,
                     show(claim, measured.interval.upper));
}

bool is_peak(const Claim& claim) {
  return claim.test->achievability < 1;
}

Evidence measured_evidence(const Claim& claim, const Measured& measured) {
  std::string text = fmt::format("{} = {}", measured.text, show_interval(claim, measured));
  if (is_peak(claim)) {
    text += fmt::format(": {}% of the peak",
                        page::number_text(100 * measured.value / claim.value->value, 3));
  }
  return {EvidenceKind::measured, text, measured.records, measured.device.name, measured.date};
}

std::string measured_reason(const Claim& claim, const Measured& measured, VerdictKind kind) {
  const bool less = sense(claim) == Comparison::at_most;
  const std::string against =
      is_peak(claim)
          ? fmt::format("{}% of {}, the share that counts as reaching a peak ({})",
                        page::number_text(100 * claim.test->achievability, 3),
                        show(claim, claim.value->value), claim.test->achievability_source)
          : fmt::format("the claimed {}", show(claim, claim.value->value));
  const std::string tolerance =
      claim.tolerance > 0 ? fmt::format(" {} the tolerance of {}%", less ? "plus" : "minus",
                                        page::number_text(100 * claim.tolerance, 2))
                          : std::string();
  const std::string found = show_interval(claim, measured);
  if (kind == VerdictKind::supported)
    return fmt::format("measured {}: {} {}{}", found, less ? "within" : "reaches", against,
                       tolerance);
  if (kind == VerdictKind::refuted) {
    return fmt::format("measured {}: stays {} {}{}", found, less ? "above" : "below", against,
                       tolerance);
  }
  return fmt::format("measured {}: the interval includes {}{}; {}", found, against, tolerance,
                     what_would_decide(decision(claim, measured)));
}

void add_audit(const Claim& claim, const std::vector<const Finding*>& findings, Verdict& verdict) {
  for (const Finding* each : findings) {
    const Finding& finding = *each;
    std::string text =
        fmt::format("{} {}: {}", finding.holds ? "holds:" : "does not hold:", finding.statement,
                    finding.arithmetic);
    if (!finding.unverified.empty()) {
      text += fmt::format(" (depends on unverified {})", fmt::join(finding.unverified, ", "));
    }
    const bool counts = std::find(finding.against.begin(), finding.against.end(), claim.id) !=
                        finding.against.end();
    if (counts && !finding.reconcile.empty())
      text += fmt::format("; to reconcile: {}", finding.reconcile);
    verdict.evidence.push_back({EvidenceKind::audited, text, {}, {}, {}});
    // A figure that was not checked against its source cannot make a claim inconsistent.
    if (!finding.holds && counts && finding.unverified.empty() &&
        verdict.kind == VerdictKind::untested) {
      verdict.kind = VerdictKind::inconsistent;
      verdict.reason = fmt::format("published figures contradict it: {}", finding.arithmetic);
    }
  }
}

/// Adds the summary of each contest that answers the claim.
void add_contests(const Catalogue& catalogue, const Claim& claim, EvidenceIndex& evidence,
                  Verdict& verdict) {
  for (const Contest& contest : catalogue.contests) {
    if (contest.claim != claim.id) continue;
    verdict.evidence.push_back(
        {EvidenceKind::audited, contest_table(catalogue, contest, evidence).sentence, {}, {}, {}});
  }
}

/// If several devices were measured, they must agree.
void add_measured(const Claim& claim, std::span<const Measured> measured, Verdict& verdict) {
  for (const Measured& one : measured) {
    const VerdictKind kind = decide(claim, one);
    verdict.evidence.push_back(measured_evidence(claim, one));
    if (&one == &measured.front()) {
      verdict.kind = kind;
      verdict.reason = measured_reason(claim, one, kind);
      const double scale = parse_unit(claim.value->unit).scale;
      verdict.measured = {
          true, one.value / scale, {one.interval.lower / scale, one.interval.upper / scale}};
      verdict.decision = decision(claim, one);
    } else if (kind != verdict.kind) {
      verdict.kind = VerdictKind::inconclusive;
      verdict.reason = "the measured devices disagree: see the evidence";
    }
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

std::string untested_reason(const Catalogue& catalogue, const Claim& claim,
                            EvidenceIndex& evidence) {
  const bool known = !claim.system.empty();
  const System* system = known ? &catalogue.systems.at(claim.system) : nullptr;
  if (!claim.test) {
    return fmt::format("no measurement tests it; to decide: {}",
                       claim.decide.empty() ? "add a test to the claim" : claim.decide);
  }
  if (system != nullptr && evidence.devices_of(*system).empty()) {
    return fmt::format("no {} among the devices measured", system->name);
  }
  return fmt::format("no verified result of its problems on this {}",
                     system == nullptr ? "device" : system->name);
}

bool in_set(const Claim& claim, std::string_view set) {
  return std::find(claim.sets.begin(), claim.sets.end(), set) != claim.sets.end();
}

}  // namespace

Judge::Judge(const Catalogue& catalogue, std::span<const record::Record> records,
             Projector projector)
    : catalogue_(catalogue),
      projector_(std::move(projector)),
      evidence_(records),
      findings_(audit(catalogue)) {
  for (const Finding& finding : findings_) {
    for (const std::string& claim : finding.claims) findings_by_claim_[claim].push_back(&finding);
  }
}

Verdict Judge::verdict(const Claim& claim) {
  Verdict verdict;
  verdict.claim = claim.id;
  if (!claim.untestable.empty()) {
    verdict.kind = VerdictKind::untestable;
    verdict.reason = claim.untestable;
    add_contests(catalogue_, claim, evidence_, verdict);
    return verdict;
  }
  verdict.decision = decision(claim);
  if (claim.test && !claim.system.empty()) {
    const System& system = catalogue_.systems.at(claim.system);
    add_measured(claim, evidence_.measured(*claim.test, system), verdict);
    add_modelled(claim, evidence_.modelled(*claim.test, system), verdict);
  }
  add_projected(catalogue_, claim, projector_, verdict);
  // If the measurement is inconclusive, arithmetic may decide.
  const bool undecided = verdict.kind == VerdictKind::inconclusive;
  const std::string reason = verdict.reason;
  if (undecided) verdict.kind = VerdictKind::untested;
  if (const auto findings = findings_by_claim_.find(claim.id);
      findings != findings_by_claim_.end()) {
    add_audit(claim, findings->second, verdict);
  }
  if (verdict.kind == VerdictKind::untested) {
    verdict.kind = undecided ? VerdictKind::inconclusive : VerdictKind::untested;
    verdict.reason = undecided ? reason : untested_reason(catalogue_, claim, evidence_);
    verdict.needs_measurement = !undecided && claim.test.has_value();
    if (!undecided && has_modelled(verdict)) {
      verdict.reason = "there are only modelled figures, which decide nothing; " + verdict.reason;
    }
  }
  if (claim.standing == Standing::unverified) {
    verdict.reason += "; the claim's own source is unverified";
  }
  return verdict;
}

std::vector<Verdict> Judge::verdicts(std::string_view set) {
  if (!set.empty()) find_set(catalogue_, set);
  std::vector<Verdict> verdicts;
  for (const Claim& claim : catalogue_.claims) {
    if (set.empty() || in_set(claim, set)) verdicts.push_back(verdict(claim));
  }
  return verdicts;
}

std::vector<Verdict> Judge::verdicts_on_present_devices(std::string_view set) {
  std::vector<Verdict> verdicts;
  if (set.empty()) return verdicts;
  find_set(catalogue_, set);
  for (const Claim& claim : catalogue_.claims) {
    if (in_set(claim, set) || claim.system.empty()) continue;
    const System& system = catalogue_.systems.at(claim.system);
    if (!evidence_.devices_of(system).empty()) verdicts.push_back(verdict(claim));
  }
  return verdicts;
}

std::string_view name(EvidenceKind kind) {
  switch (kind) {
    case EvidenceKind::measured:
      return "measured";
    case EvidenceKind::imported:
      return "imported";
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
