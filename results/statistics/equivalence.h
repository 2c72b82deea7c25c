// Whether two measurements of the same problem agree. Agreement means more than that no difference
// was shown: the difference was shown to be small.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

inline constexpr double kEquivalenceConfidence =
    0.90;  ///< of the interval; equals two one-sided tests at 5%

/// The result at the 5% level: the ratio is within the margin, outside of it, or neither is shown.
enum class Agreement { equivalent, different, undecided };
std::string_view name(Agreement agreement);

struct EquivalenceTest {
  double margin = 0.03;
  double ratio = 1;   ///< median(a) / median(b)
  Interval interval;  ///< of the ratio, at 90%
  Agreement agreement = Agreement::undecided;
};

/// Two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15, 1987) on
/// the logarithm of the ratio of medians, each at 5%. The result is `equivalent` if the ratio's 90%
/// interval lies within [1 / (1 + margin), 1 + margin], and `different` if the whole interval lies
/// outside of it. The interval is that of ratio_of_medians (order statistics, MOVER), narrowed to
/// 90%: it assumes neither a distribution nor independent samples. It covers only the variation
/// within the two measurements, not the variation between processes or days. The result is
/// `undecided`, without an interval, if a median has no interval. `margin` is above 0.
EquivalenceTest equivalence(std::span<const double> a, std::span<const double> b, double margin);

/// The same for several runs `a`, each in separate processes, against one run `b`. The variation
/// between runs is estimated from the runs of `a` and assumed to be the same for `b`. With R runs
/// of log-medians mᵢ, mean m and standard deviation s, the ratio's interval is m - ln median(b) ±
/// t(R - 1) s √(1 + 1 / R) (Student's prediction interval for one further run), or the interval of
/// all samples of `a` together against `b`, whichever is wider on each side. With a single run it
/// is the interval of the function above. At least one run.
EquivalenceTest equivalence(std::span<const std::vector<double>> a, std::span<const double> b,
                            double margin);

/// The same for several runs on both sides. With two or more runs of each, the interval is Welch's
/// t (Biometrika 34, 1947) of the two sets of log-medians at 90%, or that of all samples together,
/// whichever is wider on each side; with one run of `a` it is the inverse of the function above.
EquivalenceTest equivalence(std::span<const std::vector<double>> a,
                            std::span<const std::vector<double>> b, double margin);

}  // namespace assay::results::statistics
