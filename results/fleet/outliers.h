// Which of many like values stand out on the high side.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::results::fleet {

/// Where like values lie, and how far they scatter about it, whatever a few of them do.
struct Bulk {
  double middle = 0;   ///< median
  double scatter = 0;  ///< estimate of the standard deviation
  /// Worth of the estimate in degrees of freedom: the efficiency of the estimator at the normal
  /// distribution times n - 1.
  double freedom = 0;
};

/// Qn (Rousseeuw & Croux 1993; its corrections for few values: Croux & Rousseeuw 1992; efficiency
/// 82%) of up to 500 values, beyond that the median absolute deviation (37%), which costs less.
/// Both stand up to nearly half of the values being anything.
Bulk bulk_of(std::span<const double> values);

/// How far a value lies above the bulk, in standard deviations. `uncertainty` is the value's own
/// standard error, `typical` what it is of the others: what exceeds that widens the measure, so
/// that a value which is badly known has to lie farther out.
double deviations(double value, double uncertainty, const Bulk& bulk, double typical);

/// Probability that one value of the bulk lies so far above it: Student's t.
double probability_above(double deviations, const Bulk& bulk);

/// Degrees of freedom of the Student's t whose tails these values have, by how far their outermost
/// hundredth lies out beside their outermost quarter; infinite where they are no heavier than
/// normal, or fewer than a thousand. Quantiles, so that a few faulty values do not make it.
double tail_freedom(std::span<const double> values);

}  // namespace assay::results::fleet
