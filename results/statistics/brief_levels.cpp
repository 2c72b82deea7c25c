#include "results/statistics/brief_levels.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "results/statistics/statistics.h"

namespace assay::results::statistics {

namespace {

constexpr double kPart = 0.5, kDeviations = 3;

/// Of the changes between successive levels, the largest in the direction of them all together;
/// none if they lead back, with noise of this deviation.
std::optional<std::size_t> largest_on_the_way(std::span<const double> levels, double deviation) {
  const double whole = levels.back() - levels.front();
  double most = 0, most_forward = 0;
  std::optional<std::size_t> out;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const double change = levels[i + 1] - levels[i];
    most = std::max(most, std::abs(change));
    if (change * whole > 0 && std::abs(change) > most_forward) {
      most_forward = std::abs(change);
      out = i;
    }
  }
  if (std::abs(whole) < std::min(kPart * most, kDeviations * deviation)) return std::nullopt;
  return out;
}

}  // namespace

std::vector<std::size_t> without_brief_levels(std::span<const double> series,
                                              std::span<const std::size_t> changes,
                                              std::size_t shortest,
                                              std::span<const double> deviations) {
  std::vector<std::size_t> out;
  const auto level = [&](std::size_t begin, std::size_t end) {
    return median(series.subspan(begin, end - begin));
  };
  for (std::size_t first = 0; first < changes.size();) {
    std::size_t last = first;
    while (last + 1 < changes.size() && changes[last + 1] - changes[last] < shortest) ++last;
    std::vector<double> levels = {level(first == 0 ? 0 : changes[first - 1], changes[first])};
    for (std::size_t i = first; i <= last; ++i) {
      levels.push_back(level(changes[i], i + 1 < changes.size() ? changes[i + 1] : series.size()));
    }
    const auto largest = largest_on_the_way(levels, deviations[changes[first]]);
    for (std::size_t i = first; i <= last; ++i) {
      if (!largest || i == first + *largest) out.push_back(changes[i]);
    }
    first = last + 1;
  }
  return out;
}

}  // namespace assay::results::statistics
