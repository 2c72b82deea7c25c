#include "results/claims/decision.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

constexpr double kSamplesLimit = 1e6;  // more samples than this are not practical

double required_value(const Claim& claim) {
  return claim.value->value * (claim.test ? claim.test->achievability : 1);
}

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

double limit(const Claim& claim) {
  const double share = claim.test ? claim.test->achievability : 1;
  return limit(claim.value->written * share, claim.tolerance, sense(claim));
}

VerdictKind decide(const statistics::Interval& measured, double claimed, double tolerance,
                   Comparison sense) {
  const double threshold = limit(claimed, tolerance, sense);
  if (sense == Comparison::at_most) {
    if (measured.upper <= threshold) return VerdictKind::supported;
    if (measured.lower > threshold) return VerdictKind::refuted;
    return VerdictKind::inconclusive;
  }
  if (measured.lower >= threshold) return VerdictKind::supported;
  if (measured.upper < threshold) return VerdictKind::refuted;
  return VerdictKind::inconclusive;
}

VerdictKind decide(const Claim& claim, const Measured& measured) {
  return decide(measured.interval, required_value(claim), claim.tolerance, sense(claim));
}

Decision decision(const Claim& claim) {
  Decision out;
  if (!claim.value) return out;
  out.limit = limit(claim);
  out.tolerance = claim.tolerance;
  return out;
}

Decision decision(const Claim& claim, const Measured& measured) {
  Decision out = decision(claim);
  const double scale = parse_unit(claim.value->unit).scale;
  const double threshold = limit(required_value(claim), claim.tolerance, sense(claim));
  const double band = measured.value >= threshold ? measured.value - measured.interval.lower
                                                  : measured.interval.upper - measured.value;
  out.guard_band = band / scale;
  out.confidence = measured.confidence;
  if (decide(claim, measured) != VerdictKind::inconclusive) return out;
  const double distance = std::abs(measured.value - threshold);
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
    case VerdictKind::inconclusive:
      return "inconclusive";
    case VerdictKind::inconsistent:
      return "inconsistent";
    case VerdictKind::untested:
      return "untested";
    case VerdictKind::untestable:
      return "untestable";
  }
  return "";
}

}  // namespace assay::results::claims
