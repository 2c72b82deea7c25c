// Whether two measurements of one thing agree: not merely that no difference was shown, but that
// the difference was shown to be small.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

inline constexpr double kEquivalenceConfidence = 0.90;  ///< of the interval: two tests at 5%

/// What is shown at 5%: that the ratio lies within the margin, that it lies outside, or neither.
enum class Agreement { equivalent, different, undecided };
std::string_view name(Agreement agreement);

struct EquivalenceTest {
  double margin = 0.03;
  double ratio = 1;   ///< median(a) / median(b)
  Interval interval;  ///< of the ratio, at 90%
  Agreement agreement = Agreement::undecided;
};

/// Two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987) on
/// the logarithm of the ratio of medians, each at 5%: `equivalent` where the ratio's 90% interval
/// lies within [1 / (1 + margin), 1 + margin], `different` where it lies outside of it as a whole.
/// The interval is that of ratio_of_medians (order statistics, MOVER), narrowed to 90%: it takes
/// neither a distribution nor independent samples for granted. It holds what varies within the two
/// measurements and nothing else: not what changes from process to process or from day to day.
/// Undecided, and without an interval, where a median has none. Margin above 0.
EquivalenceTest equivalence(std::span<const double> a, std::span<const double> b, double margin);

/// The same of several runs `a`, each in processes of its own, over one run `b`: what varies from
/// run to run is taken from a's and held to vary as much there. With R runs of log-medians mᵢ, mean
/// m and standard deviation s, the ratio's interval is m - ln median(b) ± t(R - 1) s √(1 + 1 / R),
/// Student's, as of one further run of the same kind; or that of all of a's samples together over
/// b, on each side whichever reaches further. Of one run as above. At least one run.
EquivalenceTest equivalence(std::span<const std::vector<double>> a, std::span<const double> b,
                            double margin);

}  // namespace assay::results::statistics
