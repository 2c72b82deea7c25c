#include "results/record/burn.h"

#include <cmath>
#include <limits>

#include "results/statistics/ratio.h"

namespace assay::results::record {

namespace {

constexpr std::size_t kFewest = 4;

}  // namespace

std::optional<BurnTrend> burn_trend(const Record& record) {
  return burn_trend(record.course, record.summary);
}

std::optional<BurnTrend> burn_trend(std::span<const CourseSecond> course,
                                    const statistics::Summary& summary) {
  std::vector<double> times;
  for (const CourseSecond& second : course) {
    if (second.launches > 0) times.push_back(second.launch_seconds / second.launches);
  }
  if (times.size() < kFewest) return std::nullopt;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  const std::vector<double> early(times.begin(), middle), late(middle, times.end());
  BurnTrend trend;
  trend.first = statistics::median(early);
  trend.second = statistics::median(late);
  if (trend.first <= 0 || trend.second <= 0) return std::nullopt;
  trend.change = trend.first / trend.second - 1;
  const statistics::Summary above = statistics::summarize(late),
                            below = statistics::summarize(early);
  trend.ratio = statistics::has_interval(above) && statistics::has_interval(below)
                    ? statistics::ratio_of_medians(above, below).interval
                    : statistics::Interval{0, std::numeric_limits<double>::infinity()};
  const double width = summary.count > 0 ? summary.half_width() : 0;
  const double least = std::isfinite(width) ? width : 0;
  trend.faded = trend.ratio.lower > 1 && trend.second / trend.first - 1 > least;
  return trend;
}

}  // namespace assay::results::record
