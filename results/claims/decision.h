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

/// What a measurement must reach, in base units of the claim's value.
struct Requirement {
  double limit = 0;  ///< the last value that meets the claim
  Comparison sense = Comparison::at_least;
  bool peak = false;             ///< the limit is a share of a claimed peak
  double share = 1;              ///< this share; 1 if the claim is not about a peak
  const Share* known = nullptr;  ///< the published share of this chip; null if there is none
  /// The claim is "up to" and the test is not its very case: a slower case contradicts nothing.
  bool other_case = false;
  /// A rate above this contradicts the claimed peak; absent if the claim is not about a peak.
  std::optional<double> ceiling;
};
/// The claim must have a value. The result refers to the catalogue.
Requirement requirement(const Catalogue& catalogue, const Claim& claim);

/// The last value that meets a claim: claimed * (1 - tolerance), or (1 + tolerance) for `at_most`.
double limit(double claimed, double tolerance, Comparison sense);

/// Decision with a guard band (JCGM 106): supported if the whole interval meets the limit, refuted
/// if no part of it does. `sense` is at_least or at_most.
VerdictKind decide(const statistics::Interval& measured, double limit,
                   Comparison sense = Comparison::at_least);
/// The same for a claim. A peak is refuted only if its share is known for this chip and was tried
/// with the vendor's own routine, and an "up to" only in its very case; otherwise it is not
/// reached. A measurement that must not be trusted refutes nothing; it supports only if other work
/// cannot have helped, that is, for a rate or a time and not for a ratio of two.
VerdictKind decide(const Requirement& required, const Measured& measured);

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
Decision decision(const Claim& claim, const Requirement& required);
Decision decision(const Claim& claim, const Requirement& required, const Measured& measured);

/// "unit" is the unit of "limit" and of both guard bands.
nlohmann::ordered_json to_json(const Claim& claim, const Decision& decision);

}  // namespace assay::results::claims
