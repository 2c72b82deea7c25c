// How a measured interval decides a claim, and the numbers of that decision.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

enum class VerdictKind { supported, refuted, inconclusive, inconsistent, untested, untestable };
std::string_view name(VerdictKind kind);

/// The last value that meets a claim: claimed * (1 - tolerance), or (1 + tolerance) for `at_most`.
double limit(double claimed, double tolerance, Comparison sense);
/// Of a claim, in its own unit; of a peak, of the share that counts as reaching it.
double limit(const Claim& claim);

/// Decision with a guard band (JCGM 106): supported where the whole interval meets the limit,
/// refuted where none of it does. `sense` is at_least or at_most.
VerdictKind decide(const statistics::Interval& measured, double claimed, double tolerance,
                   Comparison sense = Comparison::at_least);
VerdictKind decide(const Claim& claim, const Measured& measured);

/// The numbers of a decision in the claim's unit. A number that is not known is absent.
struct Decision {
  std::optional<double> limit;      ///< last value that meets the claim; none without a value
  std::optional<double> tolerance;  ///< of the claimed value, as a share of it
  /// Distance from the measured value to the end of its interval that faces the limit. A
  /// measurement decides if the limit is at least this far away.
  std::optional<double> guard_band;
  std::optional<double> confidence;  ///< of the interval; the least that one of its records has
  /// Of an inconclusive measurement: the guard band that would decide, |measured - limit|.
  std::optional<double> guard_band_needed;
  /// Of an inconclusive measurement: samples of each problem to add, n ((g / d)^2 - 1) rounded up,
  /// where n is the number of samples, g the guard band and d the one needed. This assumes that the
  /// median stays where it is and that g falls as 1 / sqrt(n). Absent from a million on.
  std::optional<long long> additional_samples;
};

/// Without a measurement: the limit and the tolerance alone.
Decision decision(const Claim& claim);
Decision decision(const Claim& claim, const Measured& measured);

/// Keys name the quantity; "unit" is that of "limit" and of both guard bands.
nlohmann::ordered_json to_json(const Claim& claim, const Decision& decision);

}  // namespace assay::results::claims
