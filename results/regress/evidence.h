// What speaks for a change of level, and how great it is: tests and intervals that need no
// normality and heed that one night resembles the night before.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::results::regress {

/// 1.4826 times the median distance from the median: the standard deviation, of normal samples.
double robust_deviation(std::span<const double> samples);

/// Standard deviations by which the sum of the last `after` scores exceeds what it would be in
/// random order: the normal deviate of the permutation test's probability, to any depth, by the
/// saddlepoint approximation of sampling without replacement (Robinson, Saddlepoint approximations
/// for permutation tests and confidence intervals, JRSS B 44, 1982; with r* of Barndorff-Nielsen).
/// At the ends of its range, where no order gives more, the exact 1 / C(n, after).
double permutation_deviations(std::span<const double> scores, std::size_t after);

/// Probability, both sides, of a normal deviate.
double two_sided(double deviations);

/// Stretches of a series between changes: [bounds[i], bounds[i + 1]).
using Bounds = std::vector<std::size_t>;

/// The correlation of a night's distance from its stretch's level with the night before, outliers
/// clamped; corrected for the levels' being estimates, and raised by half a standard error where it
/// is above one, since too small a value cries wolf. Between 0 and 0.95.
double autocorrelation(std::span<const double> series, const Bounds& bounds);

/// How many times greater the variance of a difference of two means is than without
/// autocorrelation, for a process whose correlation falls off as its powers (AR(1)).
double variance_inflation(double autocorrelation, std::size_t before, std::size_t after);

struct Shift {
  double value = 0;
  statistics::Interval interval;
};

/// How far `after` lies above `before`: Hodges & Lehmann's median of all differences, its interval
/// by inversion of the rank-sum test, whose ranks' distance from the middle grows by the root of
/// `inflation`.
Shift shift_between(std::span<const double> before, std::span<const double> after,
                    double confidence, double inflation);

}  // namespace assay::results::regress
