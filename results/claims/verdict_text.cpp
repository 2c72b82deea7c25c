#include "results/claims/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/claims/units.h"
#include "results/page/command.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {

std::string show(const Claim& claim, double value) {
  return format_in(value, claim.value->unit);
}

std::string show_interval(const Claim& claim, const Measured& measured) {
  const double scale = parse_unit(claim.value->unit).scale;
  const std::string lower = page::number_text(measured.interval.lower / scale);
  return fmt::format("{} (95% interval {} to {})", show(claim, measured.value), lower,
                     show(claim, measured.interval.upper));
}

namespace {

std::string what_would_decide(const Decision& decision, const Measured& measured) {
  if (decision.additional_samples) {
    const auto number = static_cast<double>(*decision.additional_samples);
    const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(number)) - 1));
    return fmt::format("about {:.0f} more samples of each problem would probably decide it",
                       std::ceil(number / unit) * unit);
  }
  if (!measured.fixed_by.empty()) {
    return "more samples would not decide it: " + measured.fixed_by;
  }
  return *decision.guard_band_needed > 0
             ? "it is too close to the limit for more samples to decide it"
             : "no number of samples would decide it";
}

std::string share_text(const Claim& claim, const Requirement& required) {
  const std::string share = fmt::format("{}% of {}", page::number_text(100 * required.share, 3),
                                        show(claim, claim.value->value));
  if (required.known == nullptr) {
    return share + " (no share is known that this chip reaches in such a problem)";
  }
  const Share& known = *required.known;
  return fmt::format(
      "{}, close to the best share that this chip is known to reach ({} by {}, {}; the lowest is "
      "{}%)",
      share, format_in(known.best.value, known.best.unit), known.implementation,
      known.best.source.title, page::number_text(100 * known.range.lower, 3));
}

/// "the claimed 2 x plus or minus the tolerance of 3% (1.93 x to 2.07 x)", "80% of 989 TFLOP/s, …".
std::string against(const Claim& claim, const Requirement& required) {
  const bool from = std::isfinite(required.accepted.lower);
  const bool to = std::isfinite(required.accepted.upper);
  const std::string tolerance =
      claim.tolerance > 0 ? fmt::format(" {} the tolerance of {}%",
                                        from && to ? "plus or minus" : (to ? "plus" : "minus"),
                                        page::number_text(100 * claim.tolerance, 2))
                          : std::string();
  // What the source states of its own uncertainty counts as well, so that both ends are told.
  const std::string ends = from && to && !required.peak
                               ? fmt::format(" ({} to {})", show(claim, required.accepted.lower),
                                             show(claim, required.accepted.upper))
                               : std::string();
  return (required.peak ? share_text(claim, required)
                        : fmt::format("the claimed {}", shown(*claim.value))) +
         tolerance + ends;
}

/// What could still decide a claim that was not reached.
std::string what_would_reach(const Claim& claim, const Requirement& required,
                             const Measured& measured) {
  if (claim.quantity.starts_with("achieved.")) return "the program that its source used";
  if (required.peak && measured.vendor_routine && measured.work < required.least_work) {
    return "a larger problem";
  }
  if (required.peak && required.known != nullptr && measured.vendor_routine) {
    return "a faster version of the vendor's own routine";
  }
  if (required.peak && required.known == nullptr) {
    return measured.vendor_routine ? "a published share of this chip"
                                   : "the vendor's own routine and a published share of this chip";
  }
  return "the vendor's own routine";
}

/// The texts of the doubts of one fault.
std::string texts_of(const trust::Trust& trust, trust::Fault fault) {
  std::string out;
  for (const trust::Doubt& doubt : trust.doubts) {
    if (doubt.fault == fault) out += (out.empty() ? "" : "; ") + doubt.text;
  }
  return out;
}

/// Why a measurement decides nothing.
std::string inconclusive_reason(const Claim& claim, const Requirement& required,
                                const Measured& measured) {
  const std::string found = show_interval(claim, measured);
  if (required.ceiling && measured.interval.lower > *required.ceiling) {
    return fmt::format(
        "measured {}: above the claimed peak of {}; the peak, the clock or the measurement is "
        "wrong",
        found, show(claim, claim.value->value));
  }
  const VerdictKind believed = decide(measured.interval, required.accepted);
  if (believed == VerdictKind::supported && !required.supportable) {
    return fmt::format("measured {}: a slow routine meets {} as well, so this supports nothing",
                       found, against(claim, required));
  }
  if (!holds_in_mode(required.accepted, measured, believed)) {
    const bool cold = measured.mode == record::Mode::hot;
    return fmt::format(
        "measured {} in {} launches, and the claim's test asks for {} ones{}; measure again with "
        "`{}`",
        found, cold ? "cold" : "hot", cold ? "hot" : "cold",
        cold ? ", between which the device does not wait" : "",
        page::measure_claim_command(claim.id));
  }
  const bool busy = measured.trust.has(trust::Fault::busy);
  const std::string disturbed =
      busy ? fmt::format("the machine was busy ({})", texts_of(measured.trust, trust::Fault::busy))
           : measured.trust.text();
  if (believed == VerdictKind::inconclusive) {
    return fmt::format("{}measured {}: the interval includes {}; {}",
                       busy ? disturbed + "; " : std::string(), found, against(claim, required),
                       busy ? "measure again on a quiet machine"
                            : what_would_decide(decision(claim, required, measured), measured));
  }
  if (measured.trust.may_decide()) {
    return fmt::format(
        "measured {}, which would be {}, but nothing shows that both were measured at one clock; "
        "measure where the device tells its clock, with readings that differ between idle and load",
        found, believed == VerdictKind::refuted ? "a refutation" : "enough");
  }
  return fmt::format(
      "{}; measured {}, by which it would be {} if that were believed; measure again {}", disturbed,
      found, name(believed), busy ? "on a quiet machine" : "with a larger budget");
}

}  // namespace

std::string measured_reason(const Claim& claim, const Requirement& required,
                            const Measured& measured, VerdictKind kind) {
  const bool below = measured.interval.upper < required.accepted.lower;
  const std::string found = show_interval(claim, measured);
  switch (kind) {
    case VerdictKind::supported:
      return fmt::format("measured {}: {} {}", found,
                         std::isfinite(required.accepted.upper) ? "within" : "reaches",
                         against(claim, required));
    case VerdictKind::refuted:
      if (required.peak) {
        return fmt::format(
            "measured {}: stays below {}% of {}, the lowest share that this chip is "
            "known to reach ({}, {})",
            found, page::number_text(100 * required.known->range.lower, 3),
            show(claim, claim.value->value), required.known->implementation,
            required.known->best.source.title);
      }
      return fmt::format("measured {}: stays {} {}", found, below ? "below" : "above",
                         against(claim, required));
    case VerdictKind::not_reached:
      if (required.other_case) {
        return fmt::format(
            "measured {}: not {} in this case, which does not contradict a claim of the best case; "
            "a test of that very case (`same_case = true`) would decide it",
            found, shown(*claim.value));
      }
      return fmt::format(
          "{} reached {}, which stays {} {}; this says nothing about the chip. {} would decide "
          "it",
          fmt::join(measured.implementations, ", "), found, below ? "below" : "above",
          against(claim, required), what_would_reach(claim, required, measured));
    default:
      return inconclusive_reason(claim, required, measured);
  }
}

namespace {

/// Energy or a rate per watt, of tokens.
bool is_of_tokens(const Claim& claim) {
  return claim.quantity.starts_with("energy.token") ||
         claim.quantity.starts_with("efficiency.watt.token");
}

}  // namespace

std::string untested_reason(const Catalogue& catalogue, const Claim& claim,
                            EvidenceIndex& evidence) {
  const bool known = !claim.system.empty();
  const System* system = known ? &catalogue.systems.at(claim.system) : nullptr;
  if (!claim.test && claim.decide.empty() && is_of_tokens(claim)) {
    return "no measurement tests it: a token is the work of a whole serving system, and what is "
           "measured here are single computations; a serving run whose power is read would decide "
           "it";
  }
  if (!claim.test) {
    return fmt::format("no measurement tests it; to decide: {}",
                       claim.decide.empty() ? "add a test to the claim" : claim.decide);
  }
  if (system != nullptr && evidence.devices_of(*system).empty()) {
    if (const auto unclear = evidence.ambiguous(*system); !unclear.empty()) {
      std::vector<std::string> names;
      for (const System* one : unclear.front().systems) names.push_back(one->id);
      return fmt::format("{} may be any of {}, so it is judged against none; name the one it is",
                         unclear.front().device.name, fmt::join(names, ", "));
    }
    return fmt::format("no {} among the devices measured", system->name);
  }
  if (system != nullptr) {
    if (const std::string why = evidence.missing_energy(*claim.test, *system); !why.empty()) {
      return fmt::format("its problems were measured without their energy: {}", why);
    }
  }
  return fmt::format("no verified result of its problems on this {}",
                     system == nullptr ? "device" : system->name);
}

}  // namespace assay::results::claims
