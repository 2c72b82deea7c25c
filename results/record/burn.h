// What a burn says of the time after the first seconds.
#pragma once

#include <optional>
#include <span>

#include "results/record/record.h"

namespace assay::results::record {

/// The two halves of a burn's course against each other.
struct BurnTrend {
  double first = 0, second = 0;  ///< medians of the seconds' mean times of a launch, in seconds
  double change = 0;           ///< of the rate, from the first to the second half: -0.03 = 3% less
  statistics::Interval ratio;  ///< of second / first, at 95%, by bootstrap
  /// The second half is slower: the whole interval says so, and by more than the half-width of the
  /// measurement's own interval.
  bool faded = false;
};

/// Of a burn's course, after samples with this summary. Absent where the course has fewer than four
/// seconds.
std::optional<BurnTrend> burn_trend(std::span<const CourseSecond> course,
                                    const statistics::Summary& summary);
std::optional<BurnTrend> burn_trend(const Record& record);

}  // namespace assay::results::record
