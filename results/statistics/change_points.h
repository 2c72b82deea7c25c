// Finds changes of the level of a series, and tests which of them are certain.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "results/statistics/shift.h"

namespace assay::results::statistics {

struct ChangePoint {
  std::size_t at = 0;  ///< the first run of the new level
  /// Range of runs that are also possible: their fit is worse by at most the 95% limit of a normal
  /// likelihood ratio (two log units).
  std::size_t earliest = 0, latest = 0;
  double deviations = 0;   ///< of the test; positive: upward
  double probability = 1;  ///< two-sided; of the less certain one of both tests
  /// The probability is at most ChangeOptions::probability, or a tenth of it if the upper limit
  /// of the correlation is above 0.6.
  bool proven = false;
  bool sudden = false;  ///< proven by its size alone, by the first runs of the new level
};

struct Changes {
  /// In order. Those that are not proven are possible levels, without which the tests of the others
  /// would take them for noise.
  std::vector<ChangePoint> points;
  double correlation = 0;        ///< of successive runs
  double upper_correlation = 0;  ///< its upper limit, which tests use
  double deviation = 0;          ///< of the noise around the levels

  /// The first runs of the levels between proven changes.
  Bounds proven_bounds(std::size_t runs) const;

  /// 0, the change points, and the length of the series.
  Bounds bounds(std::size_t runs) const;
};

struct ChangeOptions {
  std::size_t reach = 180;  ///< number of runs on either side that a test uses
  std::size_t pool = 90;    ///< the same for the permutation test
  /// Largest probability of a proven change: one in ten thousand for all runs of a year together,
  /// since a nightly job looks many times.
  double probability = 1e-4 / 365;
  double penalty = 18;  ///< of the partition, in squared deviations
  double limit = 16;
  /// Fewest runs of a level that ended; a shorter one is an excursion, which proves no change.
  std::size_t shortest = 5;
  /// Noise is assumed to be at least this large: clocks have steps, and a short history may be calm
  /// by chance.
  double resolution = 1e-3;

  /// Sudden changes: their least size, how many runs must show it, how many runs before are needed,
  /// and the deviation that the noise is assumed to have before anything is known, which counts as
  /// much as `prior_runs` runs. Not tested if `sudden` is 0.
  double sudden = 0.18;
  std::size_t sudden_runs = 2, sudden_before = 5;
  double prior_deviation = 0.01, prior_runs = 4;
  double sudden_probability = 1e-6;
};

/// Levels are found by best_partition(), with noise estimated from differences, which steps hardly
/// change. A change is proven if the permutation test of all runs around their levels (valid for
/// any distribution) and step_deviations() (valid for correlated runs) both find it improbable; or,
/// if it is large, if its first runs lie beyond the prediction limit of the level before.
Changes change_points(std::span<const double> series, const ChangeOptions& options);

/// How many more runs like those from `first` on would prove a change within two runs of it; more
/// than `most` if so many do not.
std::size_t runs_until_proven(std::span<const double> series, std::size_t first,
                              const ChangeOptions& options, std::size_t most);

}  // namespace assay::results::statistics
