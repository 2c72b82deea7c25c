// Statistics of samples, with their formulas' sources. Samples are in the order in which they were
// taken; every function but median, quantile and the moments looks at that order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace assay::results::statistics {

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
  /// max(upper - median, median - lower) / median: the "±" of every table. Infinite where fewer
  /// than two samples leave it unknown.
  double half_width() const;
  /// Standard deviations of the median that the interval reaches to either side, by the normal
  /// approximation: of order statistics by their ranks, which say how much they exceed `confidence`
  /// in being whole and in having been rounded outwards; of a bootstrap the quantile of
  /// `confidence`. 0 where there is no confidence.
  double deviations() const;
};

double median(std::span<const double> samples);
/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996); q in [0, 1].
double quantile(std::span<const double> samples, double q);

/// Ranks j < k, counted from 1, whose order statistics bound the median of n independent samples:
/// the innermost pair with j + k = n + 1 and P(j <= Bin(n, 1/2) < k) >= confidence (Le Boudec,
/// Performance Evaluation of Computer and Communication Systems, 2010, theorem 2.1). 1 and n where
/// no pair reaches it.
std::pair<std::size_t, std::size_t> median_ranks(std::size_t n, double confidence);

/// Distribution-free interval of the median from order statistics of median_ranks. An effective
/// count m below n widens the ranks' distance from the middle by sqrt(n / m), as the standard
/// deviation of the number of samples below the median grows.
Interval median_interval(std::span<const double> samples, double confidence,
                         double effective_count);

/// n / (1 + 2 * sum of autocorrelations), summed by Geyer's initial positive sequence (1992);
/// never above n, never below 1. The autocorrelations are those of each sample's side of the median
/// (-1, 0 or 1): they, not those of the values, govern the variance of a median (Heidelberger &
/// Lewis 1984), and outliers cannot hide them. n where all samples are equal.
double effective_count(std::span<const double> samples);

/// Bias-corrected accelerated bootstrap (Efron 1987) of the median, seeded. Resamples are as large
/// as the effective count, rounded down, so that correlated samples widen the interval. Each
/// resample's median is drawn from its exact distribution (the order statistic of uniform draws is
/// beta-distributed), so the cost does not grow with the number of samples.
Interval bootstrap_median(std::span<const double> samples, double confidence, std::uint64_t seed,
                          int resamples = 10000);

/// The same for median(a) / median(b), a and b independent of one another.
Interval bootstrap_ratio(std::span<const double> a, std::span<const double> b, double confidence,
                         std::uint64_t seed, int resamples = 10000);

/// A time that a model gives: the median alone, without samples, interval or confidence. What is
/// not known is NaN, so that nothing can be concluded from it by mistake.
Summary summary_of_model(double seconds);

/// Order statistics from 30 effective samples on, bootstrap below. All zero without samples.
Summary summarize(std::span<const double> samples, double confidence = 0.95);

}  // namespace assay::results::statistics
