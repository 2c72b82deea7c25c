// Decides a claim by a measured interval, and gives the numbers of that decision.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "results/claims/catalogue.h"
#include "results/claims/evidence.h"

namespace assay::results::claims {

/// The words of judgement. By measurement here: supported, refuted, inconclusive, and not_reached
/// (the best implementation tried stays below a peak, which is a fact about the implementation and
/// not about the chip). By what is published: corroborated (two or more independent sources of
/// standing agree) and disputed (figures of equal or better standing contradict it). Neither:
/// untested and untestable.
enum class VerdictKind {
  supported,
  refuted,
  not_reached,
  inconclusive,
  corroborated,
  disputed,
  untested,
  untestable
};
std::string_view name(VerdictKind kind);

/// The share of a peak that counts as reaching it where nothing is known about the chip: nearly all
/// of it.
inline constexpr double kReachedShare = 0.9;

/// Chips of one kind differ, so a rate this far below the best published one still shows that the
/// peak was reached.
inline constexpr double kChipSpread = 0.05;

/// What a measurement must reach, in base units of the claim's value.
struct Requirement {
  /// The values that meet the claim; one end may be infinite. For a peak, the rates that show that
  /// it was reached.
  statistics::Interval accepted;
  /// What a value outside says about the claim.
  enum class Outside {
    refutes,            ///< a bound that any routine can break
    refutes_by_vendor,  ///< refuted only by the vendor's own routine, or one that measures a
                        ///< ceiling
    says_nothing        ///< somebody's result with his program, or a peak of unknown share
  };
  Outside outside = Outside::refutes;
  bool peak = false;
  double share = 1;              ///< of the peak at which it counts as reached; 1 if it is none
  const Share* known = nullptr;  ///< the published share of this chip; null if there is none
  /// For a peak: a lower rate refutes it, a rate between this and `accepted` does not decide.
  double refuted_below = 0;
  /// For a peak: less work per launch than this refutes nothing, since small problems are slower,
  /// and neither do fewer operations per byte, which the memory limits.
  double least_work = 0, least_intensity = 0;
  /// Whether a value inside supports the claim. A slow routine meets any upper bound on a rate.
  bool supportable = true;
  /// The claim is "up to" and the test is not its very case: a slower case contradicts nothing.
  bool other_case = false;
  /// A rate above this contradicts the claimed peak; absent if the claim is not about a peak.
  std::optional<double> ceiling;
};
/// The claim must have a value. The result refers to the catalogue. A claim that says "equal" about
/// a ratio must be met from both sides; about a rate it means at least, about a time at most.
Requirement requirement(const Catalogue& catalogue, const Claim& claim);

/// The values that meet a claim: from claimed * (1 - tolerance) on, up to claimed * (1 +
/// tolerance), or both.
statistics::Interval accepted_values(double claimed, double tolerance, Comparison sense);

/// Decision with a guard band (JCGM 106): supported if the whole interval is accepted, refuted if
/// no part of it is.
VerdictKind decide(const statistics::Interval& measured, const statistics::Interval& accepted);
/// Whether a decision by launches of one mode is one in the mode of the test, too. A cold rate may
/// support "at least" a claimed one and refutes nothing; a ratio of rates in another mode decides
/// nothing.
bool holds_in_mode(const statistics::Interval& accepted, const Measured& measured,
                   VerdictKind kind);
/// The same for a claim. What only says something about the routine that was tried is not_reached:
/// a rate or a time is refuted only by the vendor's own routine, a peak only if its share is also
/// known for this chip and the problem is large, and what somebody measured with his own program
/// never. A ratio is refuted only at one clock. A measurement that must not be trusted refutes
/// nothing; it supports only a rate or a time, not a ratio of two, and only if what disturbed it
/// can only have made it slower.
VerdictKind decide(const Requirement& required, const Measured& measured);

/// The numbers of a decision in the claim's unit. A number that is not known is absent.
struct Decision {
  /// The last value that meets the claim, of two the one that is nearer to the measured value;
  /// absent if the claim has no value.
  std::optional<double> limit;
  std::optional<double> tolerance;  ///< as a share of the claimed value
  /// Distance from the measured value to the end of its interval that faces the limit. A
  /// measurement decides if the limit is at least this far away.
  std::optional<double> guard_band;
  std::optional<double> confidence;  ///< of the interval; the lowest among its records
  /// For an inconclusive measurement: the guard band that would decide, |measured - limit|.
  std::optional<double> guard_band_needed;
  /// For an inconclusive measurement: additional samples per problem with which four of five
  /// measurements decide, n ((1.43 g / d)^2 - 1) rounded up, where n is the number of samples, g
  /// the guard band and d the one needed. This assumes that d is the true distance and that g falls
  /// as 1 / sqrt(n). Absent if it is a million or more, or if
  /// something else than the samples limits the interval (Measured::fixed_by).
  std::optional<long long> additional_samples;
};

/// Without a measurement there are only the limit and the tolerance.
Decision decision(const Claim& claim, const Requirement& required);
Decision decision(const Claim& claim, const Requirement& required, const Measured& measured);

/// "unit" is the unit of "limit" and of both guard bands.
nlohmann::ordered_json to_json(const Claim& claim, const Decision& decision);

}  // namespace assay::results::claims
