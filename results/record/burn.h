// Whether the rate falls during a burn, the long repetition after the samples.
#pragma once

#include <optional>
#include <span>

#include "results/record/record.h"

namespace assay::results::record {

/// Compares the two halves of a burn's course.
struct BurnTrend {
  double first = 0,
         second = 0;  ///< per half: median over its seconds of the mean launch time, in seconds
  double change = 0;  ///< of the rate from the first to the second half; -0.03: 3% lower
  statistics::Interval ratio;  ///< of second / first, at 95%
  /// The second half is slower: its whole interval lies above 1, and the change exceeds the
  /// half-width of the measurement's own interval.
  bool faded = false;
};

/// The trend of a burn's course; `summary` is that of the samples taken before the burn. Absent if
/// the course has fewer than four seconds.
std::optional<BurnTrend> burn_trend(std::span<const CourseSecond> course,
                                    const statistics::Summary& summary);
std::optional<BurnTrend> burn_trend(const Record& record);

}  // namespace assay::results::record
