// Finds values that are unusually high among many similar ones.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::results::statistics {

/// A robust estimate of location and scale.
struct RobustSummary {
  double middle = 0;   ///< median
  double scatter = 0;  ///< estimate of the standard deviation
  /// Equivalent degrees of freedom of `scatter`: the efficiency of the estimator for the normal
  /// distribution times n - 1.
  double freedom = 0;
};

/// The scatter is Qn (Rousseeuw & Croux 1993, with the exact constant 2.21914; corrections for few
/// values: Croux & Rousseeuw 1992; efficiency 82%) for up to 500 values, and the faster median
/// absolute deviation (37%) for more. Both tolerate outliers in up to nearly half of the values.
RobustSummary robust_summary(std::span<const double> values);

/// The distance of a value above the median, in standard deviations. `uncertainty` is the standard
/// error of the value, `typical` that of the others. An error above `typical` increases the
/// standard deviation, so that an uncertain value must be farther from the median.
double deviations_above(double value, double uncertainty, const RobustSummary& summary,
                        double typical);

/// Probability that a value is at least this far above the median, by Student's t distribution.
double probability_above(double deviations, const RobustSummary& summary);

/// Degrees of freedom of the Student's t distribution with the same tails, by the ratio of the 99%
/// and 75% quantiles of the distances from the median; quantiles are not affected by a few faulty
/// values. Infinite if the tails are not heavier than normal, or for fewer than a thousand values.
double tail_freedom(std::span<const double> values);

}  // namespace assay::results::statistics
