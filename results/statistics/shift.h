// Tests for a change of level, and its size with an interval. They do not assume normal values, and
// they account for the correlation of successive runs.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

/// 1.4826 times the median distance from the median; for normal samples, the standard deviation.
double robust_deviation(std::span<const double> samples);

/// Number of standard deviations by which the sum of the last `after` scores exceeds its value in
/// random order: the normal deviate with the probability of the permutation test, which may be
/// arbitrarily small, by the saddlepoint approximation of sampling without replacement (Robinson,
/// Saddlepoint approximations for permutation tests and confidence intervals, JRSS B 44, 1982; with
/// r* of Barndorff-Nielsen). At the ends of the range, where no order gives a larger sum, it is the
/// exact 1 / C(n, after).
double permutation_deviations(std::span<const double> scores, std::size_t after);

/// Two-sided probability of a normal deviate.
double two_sided(double deviations);

/// Segments of a series between changes: [bounds[i], bounds[i + 1]).
using Bounds = std::vector<std::size_t>;

/// The standard deviation of the difference of successive runs, which a step enters only once: from
/// the ninth decile of the distances, for normal noise.
double difference_deviation(std::span<const double> series);

/// The factor by which autocorrelation increases the variance of the difference of two means, for a
/// process whose correlation decreases with its powers (AR(1)).
double variance_inflation(double autocorrelation, std::size_t before, std::size_t after);

struct Shift {
  double value = 0;
  Interval interval;
};

/// The difference of the levels of `after` and `before`: the median of all differences (Hodges &
/// Lehmann), with an interval by inversion of the rank-sum test; the distance of its ranks from the
/// middle is multiplied by the square root of `inflation`.
Shift shift_between(std::span<const double> before, std::span<const double> after,
                    double confidence, double inflation);

}  // namespace assay::results::statistics
