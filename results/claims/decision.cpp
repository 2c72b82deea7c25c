#include "results/claims/decision.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/claims/expression.h"
#include "results/claims/test_mode.h"
#include "results/claims/units.h"
#include "results/record/json_library.h"

namespace assay::results::claims {
namespace {

constexpr double kSamplesLimit = 1e6;  // more samples than this are not practical
/// Uncertainty of a device's clock: a rate this far above a peak does not contradict it.
constexpr double kClockShare = 0.02;
/// A launch of at least this time at the claimed peak hides what it costs to start one.
constexpr double kLargeSeconds = 5e-4, kLargeTransferSeconds = 1e-4;

/// The median moves with more samples, by about its standard deviation. For a band of 1.96 of these
/// a decision comes in four of five cases if the distance is 1.96 + 0.84 of them.
constexpr double kProbably = (1.96 + 0.84) / 1.96;

/// `n` samples with a guard band `band`, and `distance` from the measured value to the limit.
std::optional<long long> additional_samples(std::size_t n, double band, double distance) {
  if (!(distance > 0) || !(band > 0)) return std::nullopt;
  const double needed = static_cast<double>(n) * (std::pow(kProbably * band / distance, 2) - 1);
  if (!(needed < kSamplesLimit)) return std::nullopt;
  return static_cast<long long>(std::max(1.0, std::ceil(needed)));
}

/// Whether the test measures one rate or time, perhaps times a number, and not several.
bool is_single(const Claim& claim) {
  return claim.test && Expression(claim.test->quantity).names().size() == 1;
}

Requirement::Outside outside(const Claim& claim, const Requirement& required) {
  using Outside = Requirement::Outside;
  if (required.peak) return required.known ? Outside::refutes_by_vendor : Outside::says_nothing;
  if (claim.quantity.starts_with("achieved.")) return Outside::says_nothing;
  return required.supportable ? Outside::refutes_by_vendor : Outside::refutes;
}

/// Twice the operations per byte at which the memory no longer limits the claimed peak.
double least_intensity(const Catalogue& catalogue, const Claim& claim) {
  const auto system = catalogue.systems.find(claim.system);
  const Property* bandwidth =
      system == catalogue.systems.end() ? nullptr : system->second.figure("memory.bandwidth");
  return bandwidth == nullptr ? kHighIntensity : 2 * claim.value->value / bandwidth->value;
}

/// A claimed peak P is supported from the share on that comes close to the best published one, and
/// refuted below the lowest. In between a larger peak would fit as well.
void require_peak(const Catalogue& catalogue, const Claim& claim, Requirement& required) {
  const double peak = claim.value->range.lower;
  const double tolerance = std::min(claim.tolerance, kClockShare);
  required.known = find_share(catalogue, claim);
  required.share = required.known ? required.known->range.upper * (1 - kChipSpread) : kReachedShare;
  required.accepted = accepted_values(peak * required.share, tolerance, Comparison::at_least);
  required.refuted_below =
      required.known ? peak * required.known->range.lower * (1 - tolerance) : 0;
  const bool flop = claim.value->dimension == parse_unit("FLOP/s").dimension;
  required.least_work = peak * (flop ? kLargeSeconds : kLargeTransferSeconds);
  required.least_intensity = flop ? least_intensity(catalogue, claim) : 0;
  required.ceiling = claim.value->range.upper * (1 + std::max(tolerance, kClockShare));
}

/// The end of the accepted values that is nearer to a value.
double nearer_end(const statistics::Interval& accepted, double value) {
  if (!std::isfinite(accepted.upper)) return accepted.lower;
  if (!std::isfinite(accepted.lower)) return accepted.upper;
  return std::abs(value - accepted.lower) <= std::abs(value - accepted.upper) ? accepted.lower
                                                                              : accepted.upper;
}

double band_towards(double limit, const Measured& measured) {
  return measured.value >= limit ? measured.value - measured.interval.lower
                                 : measured.interval.upper - measured.value;
}

/// The end of what is accepted that the decision waits for: of a value inside, the one that its
/// interval reaches farthest beyond, relative to the distance; of a value outside, the nearer one.
double limiting_end(const statistics::Interval& accepted, const Measured& measured) {
  const double value = measured.value;
  const bool inside = value >= accepted.lower && value <= accepted.upper;
  if (!inside || !std::isfinite(accepted.lower) || !std::isfinite(accepted.upper)) {
    return nearer_end(accepted, value);
  }
  // Products instead of ratios, since a distance may be 0.
  const double below = band_towards(accepted.lower, measured) * (accepted.upper - value);
  const double above = band_towards(accepted.upper, measured) * (value - accepted.lower);
  return below >= above ? accepted.lower : accepted.upper;
}

template <typename Number>
nlohmann::ordered_json or_null(const std::optional<Number>& number) {
  return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
}

}  // namespace

statistics::Interval accepted_values(double claimed, double tolerance, Comparison sense) {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  return {sense == Comparison::at_most ? -kAny : claimed * (1 - tolerance),
          sense == Comparison::at_least ? kAny : claimed * (1 + tolerance)};
}

Requirement requirement(const Catalogue& catalogue, const Claim& claim) {
  Requirement out;
  out.other_case = claim.value->maximum && claim.test && !claim.test->same_case;
  const bool ratio = claim.comparison == Comparison::equal && !claim.value->maximum &&
                     claim.test.has_value() && !is_single(claim);
  const Comparison sense = ratio ? Comparison::equal : claims::sense(claim);
  // Every value that agrees with the digits in which the claim was published meets it.
  const statistics::Interval ends = claim.value->ends.value_or(claim.value->range);
  out.accepted = {accepted_values(ends.lower, claim.tolerance, sense).lower,
                  accepted_values(ends.upper, claim.tolerance, sense).upper};
  out.peak = is_peak(claim) && sense == Comparison::at_least;
  if (out.peak) require_peak(catalogue, claim, out);
  const bool less = claim.value->dimension == parse_unit("s").dimension ||
                    claim.value->dimension == parse_unit("J").dimension;
  out.supportable =
      !is_single(claim) || sense == (less ? Comparison::at_most : Comparison::at_least);
  out.outside = outside(claim, out);
  return out;
}

VerdictKind decide(const statistics::Interval& measured, const statistics::Interval& accepted) {
  if (measured.lower >= accepted.lower && measured.upper <= accepted.upper) {
    return VerdictKind::supported;
  }
  if (measured.upper < accepted.lower || measured.lower > accepted.upper) {
    return VerdictKind::refuted;
  }
  return VerdictKind::inconclusive;
}

bool holds_in_mode(const statistics::Interval& accepted, const Measured& measured,
                   VerdictKind kind) {
  const bool supported = kind == VerdictKind::supported;
  switch (measured.side) {
    case Side::exact:
      return true;
    case Side::at_least:
      return supported ? !std::isfinite(accepted.upper) : measured.interval.lower > accepted.upper;
    case Side::at_most:
      return supported ? !std::isfinite(accepted.lower) : measured.interval.upper < accepted.lower;
    case Side::unknown:
      return false;
  }
  return false;
}

VerdictKind decide(const Requirement& required, const Measured& measured) {
  if (required.ceiling && measured.interval.lower > *required.ceiling) {
    return VerdictKind::inconclusive;
  }
  const VerdictKind kind = decide(measured.interval, required.accepted);
  if (!holds_in_mode(required.accepted, measured, kind)) return VerdictKind::inconclusive;
  if (kind == VerdictKind::supported) {
    if (!required.supportable) return VerdictKind::inconclusive;
    const bool may = measured.trust.may_decide() ||
                     // A low clock makes launches slower and saves energy.
                     (measured.one_problem && !measured.of_energy && measured.trust.only_slows());
    return may ? kind : VerdictKind::inconclusive;
  }
  if (kind != VerdictKind::refuted) return kind;
  if (required.other_case) return VerdictKind::not_reached;
  using Outside = Requirement::Outside;
  const bool good_routine =
      measured.vendor_routine || (!measured.one_problem && measured.measures_ceiling);
  if (required.outside == Outside::says_nothing ||
      (required.outside == Outside::refutes_by_vendor && !good_routine)) {
    return VerdictKind::not_reached;
  }
  if (required.peak &&
      !(measured.interval.upper < required.refuted_below && measured.work >= required.least_work &&
        measured.intensity >= required.least_intensity)) {
    return VerdictKind::not_reached;
  }
  if (!measured.one_problem && !measured.same_clock) return VerdictKind::inconclusive;
  return measured.trust.may_decide() ? kind : VerdictKind::inconclusive;
}

Decision decision(const Claim& claim, const Requirement& required) {
  Decision out;
  if (!claim.value) return out;
  out.limit =
      nearer_end(required.accepted, claim.value->value) / parse_unit(claim.value->unit).scale;
  out.tolerance = claim.tolerance;
  return out;
}

Decision decision(const Claim& claim, const Requirement& required, const Measured& measured) {
  Decision out = decision(claim, required);
  const double scale = parse_unit(claim.value->unit).scale;
  const double limit = limiting_end(required.accepted, measured);
  out.limit = limit / scale;
  const double band = band_towards(limit, measured);
  out.guard_band = band / scale;
  out.confidence = measured.confidence;
  if (decide(measured.interval, required.accepted) != VerdictKind::inconclusive) return out;
  const double distance = std::abs(measured.value - limit);
  out.guard_band_needed = distance / scale;
  if (measured.fixed_by.empty()) {
    out.additional_samples = additional_samples(measured.samples, band, distance);
  }
  return out;
}

nlohmann::ordered_json to_json(const Claim& claim, const Decision& decision) {
  return {{"limit", or_null(decision.limit)},
          {"guard_band", or_null(decision.guard_band)},
          {"guard_band_needed", or_null(decision.guard_band_needed)},
          {"unit", claim.value ? claim.value->unit : ""},
          {"tolerance", or_null(decision.tolerance)},
          {"confidence", or_null(decision.confidence)},
          {"additional_samples_per_problem", or_null(decision.additional_samples)}};
}

std::string_view name(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::supported:
      return "supported";
    case VerdictKind::refuted:
      return "refuted";
    case VerdictKind::not_reached:
      return "not reached";
    case VerdictKind::inconclusive:
      return "inconclusive";
    case VerdictKind::corroborated:
      return "corroborated";
    case VerdictKind::disputed:
      return "disputed";
    case VerdictKind::untested:
      return "untested";
    case VerdictKind::untestable:
      return "untestable";
  }
  return "";
}

}  // namespace assay::results::claims
