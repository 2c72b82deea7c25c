// Statistics of samples, with the sources of the formulas. Samples are in the order in which they
// were taken. All functions except median, quantile and the moments depend on that order.
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
  double confidence = 0.95;  ///< reached by the interval; lower than requested if samples are few
  double mean = 0, standard_deviation = 0, minimum = 0, maximum = 0;
  double percentile_5 = 0, percentile_95 = 0;
  double effective_count = 0;  ///< number of independent samples after autocorrelation
  double tick = 0;             ///< step of the clock; half of it is the least half-width
  /// max(upper - median, median - lower) / median: the "±" of every table. Infinite for fewer than
  /// two samples, which do not determine it.
  double half_width() const;
  /// Half-width of the interval in standard deviations of the median, by the normal approximation:
  /// ranks are integers rounded outwards, so the interval exceeds `confidence`. 0 if there is no
  /// confidence.
  double deviations() const;
};

double median(std::span<const double> samples);
/// Linear interpolation between order statistics (type 7 of Hyndman & Fan 1996); q in [0, 1].
double quantile(std::span<const double> samples, double q);

/// Ranks j < k, counted from 1, whose order statistics bound the median of n independent samples:
/// the innermost pair with j + k = n + 1 and P(j <= Bin(n, 1/2) < k) >= confidence (Le Boudec,
/// Performance Evaluation of Computer and Communication Systems, 2010, theorem 2.1). 1 and n if no
/// pair reaches it.
std::pair<std::size_t, std::size_t> median_ranks(std::size_t n, double confidence);

/// Distribution-free interval of the median from the order statistics of median_ranks(). An
/// effective count m below n increases the ranks' distance from the middle by the factor sqrt(n /
/// m), because the standard deviation of the number of samples below the median grows by that
/// factor, and by the ratio of Student's to the normal quantile, because m is estimated.
Interval median_interval(std::span<const double> samples, double confidence,
                         double effective_count);

/// n / (1 + 2 * sum of autocorrelations), limited to 1 to n. The sum is the larger one of Geyer's
/// initial positive sequence (1992) and of an autoregression of order 1 with the correlation at lag
/// 1, which is less noisy in short series. The autocorrelations are those of the side of the median
/// that each sample is on (-1, 0 or 1): these determine the variance of a median, not those of the
/// values (Heidelberger & Lewis 1984), and outliers cannot hide them. n if all samples are equal.
double effective_count(std::span<const double> samples);

/// The step of the clock that gave these launch times: the smallest difference between two of them
/// that differ by at least 0.1 ns; less is a rounding error of time stamps. If all are equal, the
/// clock is as coarse as the time itself for all that is known. 0 with fewer than two times.
double clock_tick(std::span<const double> times);

/// The summary of a modelled time: only the median, without samples, interval or confidence.
/// Unknown values are NaN, so that nothing can be concluded from them by mistake.
Summary summary_of_model(double seconds);

/// The interval is that of median_interval() with effective_count(), and at least half a `tick` (in
/// seconds) wide on each side. All zero without samples.
Summary summarize(std::span<const double> samples, double confidence = 0.95, double tick = 0);

}  // namespace assay::results::statistics
