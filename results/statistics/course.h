// How a measurement changed while it was made: a median alone hides that times still drift.
#pragma once

#include <limits>
#include <span>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

/// The change from the first to the last third of the samples, in their order of time.
struct Drift {
  double change = 0;  ///< median of the last third / median of the first - 1
  /// Its standard deviation, from the intervals of the two medians, with the effective counts of
  /// the thirds: correlated samples must not look like a drift. Infinite if it is unknown.
  double error = std::numeric_limits<double>::infinity();

  /// Whether the change is larger than `tolerance`, and larger than noise alone makes it in 1% of
  /// steady series.
  bool exceeds(double tolerance) const;
};

/// Fewer than 18 samples do not determine a drift.
Drift drift(std::span<const double> samples);

/// An interval for the time that the launches settle to: the hull of the interval of the median of
/// all samples, that of the last third, and the latter continued by half of the change between the
/// thirds. Simulated with drifts of 1% to 20% (decay, fading boost, ramp) and noise of 1%, it
/// leaves the final value on the wrong side in less than 2.5% of measurements
/// (tests/unit/results/claims/decision_test.cpp). `whole` is the interval of the median of all
/// samples.
Interval settled_interval(std::span<const double> samples, const Interval& whole,
                          double confidence);

}  // namespace assay::results::statistics
