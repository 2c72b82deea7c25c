#include "results/statistics/visits.h"

#include <algorithm>
#include <cmath>

namespace assay::results::statistics {

namespace {

/// A level that was visited so often within so many runs, for at most so long, must last longer by
/// this factor.
constexpr std::size_t kVisits = 3, kVisitReach = 60, kLongestVisit = 20;
constexpr double kVisitFactor = 3;
/// A visit reaches this part of the way to the level.
constexpr double kVisited = 2.0 / 3;
/// A series has two modes if at most so many of its runs lie within a quarter of the levels'
/// distance from their middle.
constexpr double kBetweenModes = 0.05;

/// The stays above a limit (or below it) in [from, to): whether there were several, and the
/// longest was not much shorter than `length`.
bool short_against(std::span<const double> series, std::size_t from, std::size_t to, double limit,
                   bool above, std::size_t length) {
  std::size_t visits = 0, longest = 0, stay = 0;
  for (std::size_t t = from; t <= to; ++t) {
    if (t < to && (series[t] > limit) == above) {
      ++stay;
      continue;
    }
    if (stay >= 2 && stay <= kLongestVisit) {
      ++visits;
      longest = std::max(longest, stay);
    }
    stay = 0;
  }
  return visits >= kVisits &&
         static_cast<double>(length) <
             static_cast<double>(longest) * (kVisitFactor + 2 / static_cast<double>(visits));
}

}  // namespace

bool visited_briefly(std::span<const double> series, const Step& step, double before,
                     double after) {
  const double reached = before + kVisited * (after - before);
  const double returned = after + kVisited * (before - after);
  const bool rises = after > before;
  const auto [begin, at, end] = step;
  return short_against(series, at > kVisitReach ? at - kVisitReach : 0, at, reached, rises,
                       end - at) ||
         short_against(series, at, std::min(series.size(), at + kVisitReach), returned, !rises,
                       at - begin);
}

bool has_modes(std::span<const double> series, const Step& step, double before, double after) {
  const double middle = (before + after) / 2, near = std::abs(after - before) / 4;
  std::size_t between = 0, seen = 0;
  for (std::size_t t = step.begin; t < step.at; ++t) {
    seen += (series[t] > middle) == (after > before) ? 1 : 0;
  }
  if (seen < 2) return false;
  for (std::size_t t = step.begin; t < step.end; ++t) {
    between += std::abs(series[t] - middle) < near ? 1 : 0;
  }
  return static_cast<double>(between) <= kBetweenModes * static_cast<double>(step.end - step.begin);
}

}  // namespace assay::results::statistics
