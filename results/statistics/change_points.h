// Finds significant changes of the level of a series.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics/divisive.h"
#include "results/statistics/shift.h"

namespace assay::results::statistics {

struct ChangePoint {
  std::size_t at = 0;  ///< the first run of the new level
  /// Range of runs that are also possible: their fit is worse by at most the 95% limit of a normal
  /// likelihood ratio (two log units).
  std::size_t earliest = 0, latest = 0;
  double deviations = 0;   ///< of the test, corrected for autocorrelation; positive: upward
  double probability = 1;  ///< two-sided
};

struct Changes {
  std::vector<ChangePoint> points;
  double autocorrelation = 0;

  /// 0, the change points, and the length of the series.
  Bounds bounds(std::size_t runs) const;
};

struct ChangeOptions {
  DivisiveOptions divisive;
  std::size_t reach = 180;  ///< number of runs on either side that a test uses
  /// Largest probability of a change that is kept: one false change in a thousand quiet histories
  /// of 365 runs, each of which may be the first of a new level.
  double probability = 1e-3 / 365;
};

/// Starts from the candidates of E-divisive. The least significant one is removed until the
/// probability of each remaining one in random order, given its neighbours, is below the limit;
/// then each is moved to where it fits best.
Changes change_points(std::span<const double> series, const ChangeOptions& options);

}  // namespace assay::results::statistics
