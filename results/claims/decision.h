// Decides a claim by a measured interval, and gives the numbers of that decision.
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
/// The same for a claim, in its own unit; for a peak, applied to the share that counts as reaching
/// it.
double limit(const Claim& claim);

/// Decision with a guard band (JCGM 106): supported if the whole interval meets the limit, refuted
/// if no part of it does. `sense` is at_least or at_most.
VerdictKind decide(const statistics::Interval& measured, double claimed, double tolerance,
                   Comparison sense = Comparison::at_least);
VerdictKind decide(const Claim& claim, const Measured& measured);

/// The numbers of a decision in the claim's unit. A number that is not known is absent.
struct Decision {
  std::optional<double>
      limit;  ///< last value that meets the claim; absent if the claim has no value
  std::optional<double> tolerance;  ///< as a share of the claimed value
  /// Distance from the measured value to the end of its interval that faces the limit. A
  /// measurement decides if the limit is at least this far away.
  std::optional<double> guard_band;
  std::optional<double> confidence;  ///< of the interval; the lowest among its records
  /// For an inconclusive measurement: the guard band that would decide, |measured - limit|.
  std::optional<double> guard_band_needed;
  /// For an inconclusive measurement: additional samples needed per problem, n ((g / d)^2 - 1)
  /// rounded up, where n is the number of samples, g the guard band and d the one needed. This
  /// assumes that the median does not change and that g falls as 1 / sqrt(n). Absent if it is a
  /// million or more.
  std::optional<long long> additional_samples;
};

/// Without a measurement there are only the limit and the tolerance.
Decision decision(const Claim& claim);
Decision decision(const Claim& claim, const Measured& measured);

/// "unit" is the unit of "limit" and of both guard bands.
nlohmann::ordered_json to_json(const Claim& claim, const Decision& decision);

}  // namespace assay::results::claims
