// Ratios of medians and their geometric means, with 95% intervals derived from those of the
// medians.
#pragma once

#include <span>
#include <string_view>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

inline constexpr double kComparisonConfidence = 0.95;

/// A positive ratio with its interval at kComparisonConfidence. The interval is NaN if one side is
/// a model, which has no samples.
struct Ratio {
  double value = 1;
  Interval interval{1, 1};

  bool has_interval() const;
};

/// 1 / ratio.
Ratio inverse(const Ratio& ratio);
/// The ratio multiplied by an exact number above zero.
Ratio scaled(const Ratio& ratio, double factor);

/// Whether a median time can be part of a ratio: the median and its interval are above zero, and
/// the interval has a confidence.
bool has_interval(const Summary& summary);

/// above.median / below.median of two independent measurements for which has_interval() is true.
/// The interval is derived from the two medians' intervals by MOVER, the method of variance
/// estimates recovery (Zou & Donner, Construction of confidence limits about effect measures: a
/// general approach, Statistics in Medicine 27, 2008, equation 3). It works on logarithms, where
/// the ratio is a difference: with d = ln above - ln below,
///   lower = d - sqrt((ln above - ln above.lower)² + (ln below.upper - ln below)²),
///   upper = d + sqrt((ln above.upper - ln above)² + (ln below - ln below.lower)²).
/// It needs neither the samples nor their distribution, and keeps the medians' skewness. MOVER
/// requires limits of exactly 95%, but intervals of order statistics reach 95% or more. So the
/// distances are first scaled to 95% by the confidence that each interval reaches
/// (Summary::deviations). This also makes medians of another confidence usable.
Ratio ratio_of_medians(const Summary& above, const Summary& below);

/// Fewer processes do not show how much times vary between processes.
inline constexpr std::size_t kFewestProcesses = 3;

/// above / below for two sides that were each measured in several processes; the values are one per
/// process: medians, or geometric means of the medians of several problems. The ratio is that of
/// the geometric means, with the interval of Welch's t (Biometrika 34, 1947; degrees of freedom by
/// Satterthwaite) on the logarithms. Unlike ratio_of_medians() it covers what varies between
/// processes and from one run to the next. The interval is NaN with fewer than kFewestProcesses
/// values on a side. All values are above zero.
Ratio ratio_of_processes(std::span<const double> above, std::span<const double> below);

/// The weighted geometric mean of independent ratios, exp(Σ wᵢ ln rᵢ / Σ wᵢ). The problems are
/// taken as fixed: the interval covers the uncertainty of each ratio, but not the choice of
/// problems. MOVER for a linear function (Zou, Huang & Zhang, Computational Statistics & Data
/// Analysis 53, 2009): distances on the logarithms add as the root of the sum of squares. Takes one
/// weight above zero per ratio, and at least one ratio.
Ratio geometric_mean(std::span<const Ratio> ratios, std::span<const double> weights);
/// The same with equal weights.
Ratio geometric_mean(std::span<const Ratio> ratios);

/// The same for ratios whose errors may all be in the same direction: the means of the lower and of
/// the upper limits.
Ratio geometric_mean_at_worst(std::span<const Ratio> ratios, std::span<const double> weights);

/// The conclusion about a ratio of speeds that its interval allows.
enum class Difference { faster, slower, none_shown, not_judged };
std::string_view name(Difference difference);
/// none_shown if the interval includes 1, not_judged if there is no interval.
Difference difference_of(const Ratio& speed);

}  // namespace assay::results::statistics
