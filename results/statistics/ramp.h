// Fits a slow change from one level to another.
#pragma once

#include <cstddef>
#include <span>

namespace assay::results::statistics {

/// A level, a linear change, and another level.
struct Ramp {
  std::size_t begin = 0, end = 0;  ///< the last run of the old level, the first of the new one
  double before = 0, after = 0;
  double squares = 0;  ///< sum of squared residuals
};

/// The best ramp by least squares. Begin and end are each tried at about 24 positions, at least
/// `shortest` runs apart; a ramp may cover all runs.
Ramp best_ramp(std::span<const double> values, std::size_t shortest);

}  // namespace assay::results::statistics
