// Divides a series into stretches of constant level: penalised least squares that outliers and
// autocorrelation do not mislead.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::results::statistics {

struct PartitionOptions {
  std::span<const double> deviations;  ///< standard deviation of the noise of each run; above zero
  double correlation = 0;              ///< of successive runs
  double penalty = 18;                 ///< least gain of a change, in squared deviations
  double limit = 16;                   ///< most that one run can contribute, in squared deviations
};

struct Partition {
  std::vector<std::size_t> changes;  ///< the first runs of new levels, in order
  double cost = 0;                   ///< in squared deviations, with penalties
};

/// The changes minimise the sum of squared innovations of an
/// autoregression of order 1 around the levels, each limited as in the biweight loss, plus a
/// penalty for each change (Fearnhead & Rigaill, Changepoint Detection in the Presence of Outliers,
/// JASA 114, 2019). Since a run contributes at most `limit`, a single outlier cannot become a
/// level. The optimum is found by dynamic programming over a grid of levels a quarter of the least
/// deviation apart (functional pruning on a grid; Rigaill 2015). The time is proportional to the
/// number of runs times the number of levels.
Partition best_partition(std::span<const double> series, const PartitionOptions& options);

}  // namespace assay::results::statistics
