// Where a series changed its level, for certain.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/regress/divisive.h"
#include "results/regress/evidence.h"

namespace assay::results::regress {

struct ChangePoint {
  std::size_t at = 0;  ///< the first night of the new level
  /// Nights that it may as well be: those whose fit is not worse by more than a normal likelihood
  /// ratio's 95% (two log units).
  std::size_t earliest = 0, latest = 0;
  double deviations = 0;   ///< of the test that found it, autocorrelation heeded; above 0: upward
  double probability = 1;  ///< both sides
};

struct Changes {
  std::vector<ChangePoint> points;
  double autocorrelation = 0;

  /// 0, the points, and the series' length.
  Bounds bounds(std::size_t nights) const;
};

struct ChangeOptions {
  DivisiveOptions divisive;
  std::size_t reach = 180;  ///< nights on either side that a test looks at
  /// Of a change that is kept: one in a thousand quiet histories of 365 nights, any of which may be
  /// the first of a new level.
  double probability = 1e-3 / 365;
};

/// E-divisive's candidates, of which the least sure goes until each of the rest is so improbable in
/// random order as is asked, given its neighbours; then each is put where it fits best.
Changes change_points(std::span<const double> series, const ChangeOptions& options);

}  // namespace assay::results::regress
