// The noise of a series around its levels, before the levels are known exactly.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::results::statistics {

struct SerialNoiseOptions {
  double resolution = 1e-3;  ///< noise is assumed to be at least this large, in units of the series
  /// Of the partitions; see PartitionOptions.
  double penalty = 18;
  double limit = 16;
};

struct SerialNoise {
  double correlation = 0;            ///< of successive runs
  double upper_correlation = 0;      ///< its upper limit, by the likelihood alone
  double deviation = 0;              ///< of the whole series
  std::vector<double> deviations;    ///< near each run
  std::vector<std::size_t> changes;  ///< of the best partition with this noise
};

/// The correlation is estimated by maximum likelihood together with the levels, so that steps are
/// not taken for correlation, with an exponential prior (mean 0.25, as in real histories). The
/// upper limit is that of the likelihood alone: it must hold for unusual series too. The deviations
/// follow from differences of successive runs, which steps hardly change.
SerialNoise serial_noise(std::span<const double> series, const SerialNoiseOptions& options);

}  // namespace assay::results::statistics
