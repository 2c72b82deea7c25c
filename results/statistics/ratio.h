// Ratios of medians and their geometric means, with 95% intervals made of the medians' own.
#pragma once

#include <span>
#include <string_view>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

inline constexpr double kComparisonConfidence = 0.95;

/// A positive ratio with its interval at kComparisonConfidence; not a number where a model, which
/// has no samples, stands in it.
struct Ratio {
  double value = 1;
  Interval interval{1, 1};

  bool has_interval() const;
};

/// 1 / ratio.
Ratio inverse(const Ratio& ratio);
/// Times an exact number above zero.
Ratio scaled(const Ratio& ratio, double factor);

/// Whether a median of times can stand in a ratio: above zero, with an interval around it that is
/// above zero, of some confidence.
bool has_interval(const Summary& summary);

/// above.median / below.median of two independent measurements, for which has_interval holds.
/// The interval is recovered from the two medians' by MOVER, the method of variance estimates
/// recovery (Zou & Donner, Construction of confidence limits about effect measures: a general
/// approach, Statistics in Medicine 27, 2008, equation 3), on the logarithms, where the ratio is a
/// difference: with d = ln above - ln below,
///   lower = d - sqrt((ln above - ln above.lower)² + (ln below.upper - ln below)²),
///   upper = d + sqrt((ln above.upper - ln above)² + (ln below - ln below.lower)²).
/// It needs neither the samples nor their distribution, and keeps the medians' skewness. MOVER
/// wants limits that reach 95% and no more, but those of order statistics reach at least that:
/// distances are first scaled to 95% by what each interval reaches (Summary::deviations), which
/// also serves medians of other confidence.
Ratio ratio_of_medians(const Summary& above, const Summary& below);

/// The weighted geometric mean of independent ratios, exp(Σ wᵢ ln rᵢ / Σ wᵢ), each of a problem
/// that is taken as fixed: the interval holds what was uncertain of each ratio, not which problems
/// were chosen. MOVER for a linear function (Zou, Huang & Zhang, Computational Statistics & Data
/// Analysis 53, 2009): distances on the logarithms add as roots of sums of squares. Weights above
/// zero, as many as ratios, at least one.
Ratio geometric_mean(std::span<const Ratio> ratios, std::span<const double> weights);
/// The same with equal weights.
Ratio geometric_mean(std::span<const Ratio> ratios);

/// What an interval allows one to say of a ratio of speeds.
enum class Difference { faster, slower, none_shown, not_judged };
std::string_view name(Difference difference);
/// none_shown where the interval includes 1, not_judged where there is none.
Difference difference_of(const Ratio& speed);

}  // namespace assay::results::statistics
