// Statistics of samples, with their formulas' sources.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace assay::results {

struct Interval {
  double lower = 0, upper = 0;
};

/// Summary of one measurement's samples (seconds).
struct Summary {
  std::size_t count = 0;
  double median = 0;
  Interval interval;         ///< of the median, at `confidence`
  double confidence = 0.95;  ///< reached by the interval; below the asked where samples are few
  double mean = 0, standard_deviation = 0, minimum = 0, maximum = 0;
  double percentile_5 = 0, percentile_95 = 0;
  double effective_count = 0;  ///< samples' worth after autocorrelation
  /// max(upper - median, median - lower) / median: the "±" of every table.
  double half_width() const;
};

double median(std::span<const double> samples);
/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996); q in [0, 1].
double quantile(std::span<const double> samples, double q);

/// Distribution-free interval of the median from order statistics: smallest j < k with
/// P(j <= Bin(n, 1/2) < k) >= confidence, ranks widened for an effective count below n.
Interval median_interval(std::span<const double> samples, double confidence,
                         double effective_count);

/// n / (1 + 2 * sum of autocorrelations), summed by Geyer's initial positive sequence (1992);
/// never above n, never below 1.
double effective_count(std::span<const double> samples);

/// Bias-corrected accelerated bootstrap (Efron 1987) of the median, seeded.
Interval bootstrap_median(std::span<const double> samples, double confidence, std::uint64_t seed,
                          int resamples = 10000);

/// The same for median(a) / median(b), independent samples.
Interval bootstrap_ratio(std::span<const double> a, std::span<const double> b, double confidence,
                         std::uint64_t seed, int resamples = 10000);

/// Order statistics from 30 effective samples on, bootstrap below.
Summary summarize(std::span<const double> samples, double confidence = 0.95);

}  // namespace assay::results
