#include "results/claims/decision.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

constexpr double kSamplesLimit = 1e6;  // more samples than this are not practical
/// Uncertainty of a device's clock: a rate this far above a peak does not contradict it.
constexpr double kClockShare = 0.02;

/// `n` samples with a guard band `band`, and `distance` from the measured value to the limit.
std::optional<long long> additional_samples(std::size_t n, double band, double distance) {
  if (!(distance > 0) || !(band > 0)) return std::nullopt;
  const double needed = static_cast<double>(n) * (std::pow(band / distance, 2) - 1);
  if (!(needed < kSamplesLimit)) return std::nullopt;
  return static_cast<long long>(std::max(1.0, std::ceil(needed)));
}

template <typename Number>
nlohmann::ordered_json or_null(const std::optional<Number>& number) {
  return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json();
}

}  // namespace

double limit(double claimed, double tolerance, Comparison sense) {
  return claimed * (sense == Comparison::at_most ? 1 + tolerance : 1 - tolerance);
}

Requirement requirement(const Catalogue& catalogue, const Claim& claim) {
  Requirement out;
  out.sense = sense(claim);
  out.peak = is_peak(claim) && out.sense == Comparison::at_least;
  if (out.peak) {
    out.known = find_share(catalogue, claim);
    out.share = out.known != nullptr ? out.known->range.lower : kReachedShare;
    out.ceiling = claim.value->range.upper * (1 + std::max(claim.tolerance, kClockShare));
  }
  out.other_case = claim.value->maximum && claim.test && !claim.test->same_case;
  double claimed = claim.value->value;
  if (claim.value->ends) {
    claimed =
        out.sense == Comparison::at_most ? claim.value->ends->upper : claim.value->ends->lower;
  }
  out.limit = limit(claimed * out.share, claim.tolerance, out.sense);
  return out;
}

VerdictKind decide(const statistics::Interval& measured, double limit, Comparison sense) {
  if (sense == Comparison::at_most) {
    if (measured.upper <= limit) return VerdictKind::supported;
    if (measured.lower > limit) return VerdictKind::refuted;
    return VerdictKind::inconclusive;
  }
  if (measured.lower >= limit) return VerdictKind::supported;
  if (measured.upper < limit) return VerdictKind::refuted;
  return VerdictKind::inconclusive;
}

VerdictKind decide(const Requirement& required, const Measured& measured) {
  if (required.ceiling && measured.interval.lower > *required.ceiling) {
    return VerdictKind::inconclusive;
  }
  const VerdictKind kind = decide(measured.interval, required.limit, required.sense);
  if (kind == VerdictKind::supported) {
    return measured.doubts.empty() || measured.one_problem ? kind : VerdictKind::inconclusive;
  }
  if (kind != VerdictKind::refuted) return kind;
  if (required.other_case) return VerdictKind::not_reached;
  if (required.peak && (required.known == nullptr || !measured.vendor_routine)) {
    return VerdictKind::not_reached;
  }
  return measured.doubts.empty() ? kind : VerdictKind::inconclusive;
}

Decision decision(const Claim& claim, const Requirement& required) {
  Decision out;
  if (!claim.value) return out;
  out.limit = required.limit / parse_unit(claim.value->unit).scale;
  out.tolerance = claim.tolerance;
  return out;
}

Decision decision(const Claim& claim, const Requirement& required, const Measured& measured) {
  Decision out = decision(claim, required);
  const double scale = parse_unit(claim.value->unit).scale;
  const double band = measured.value >= required.limit ? measured.value - measured.interval.lower
                                                       : measured.interval.upper - measured.value;
  out.guard_band = band / scale;
  out.confidence = measured.confidence;
  if (decide(measured.interval, required.limit, required.sense) != VerdictKind::inconclusive) {
    return out;
  }
  const double distance = std::abs(measured.value - required.limit);
  out.guard_band_needed = distance / scale;
  out.additional_samples = additional_samples(measured.samples, band, distance);
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
