#include "results/statistics/partition.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace assay::results::statistics {

namespace {

/// Levels at most half a step from every value, and none far from all values.
std::vector<double> grid_of(std::span<const double> series, double step) {
  std::vector<double> sorted(series.begin(), series.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> out;
  for (const double value : sorted) {
    if (out.empty() || value > out.back() + step / 2) out.push_back(value + step / 2);
  }
  return out;
}

}  // namespace

Partition best_partition(std::span<const double> series, const PartitionOptions& options) {
  if (series.size() < 2) return {};
  const double rho = options.correlation;
  const double least_deviation = *std::ranges::min_element(options.deviations);
  const std::vector<double> levels = grid_of(series, least_deviation / 4);
  std::vector<double> cost(levels.size());
  // As wide as the costs, so that the compiler makes vector instructions of the loop.
  std::vector<std::int64_t> begin(levels.size(), 0), begin_of_best(series.size(), 0);
  for (std::size_t l = 0; l < levels.size(); ++l) {
    const double distance = (series[0] - levels[l]) / options.deviations[0];
    cost[l] = std::min(distance * distance, options.limit);
  }
  double best = *std::min_element(cost.begin(), cost.end());
  for (std::size_t t = 1; t < series.size(); ++t) {
    const double value = series[t], whitened = value - rho * series[t - 1];
    const double first = 1 / (options.deviations[t] * options.deviations[t]);
    const double next = first / (1 - rho * rho), changed = best + options.penalty;
    const auto now = static_cast<std::int64_t>(t);
    for (std::size_t l = 0; l < levels.size(); ++l) {
      const double stayed = whitened - (1 - rho) * levels[l], began = value - levels[l];
      const double stay = cost[l] + std::min(stayed * stayed * next, options.limit);
      const double change = changed + std::min(began * began * first, options.limit);
      begin[l] = change < stay ? now : begin[l];
      cost[l] = std::min(change, stay);
    }
    const auto least = std::min_element(cost.begin(), cost.end());
    best = *least;
    begin_of_best[t] = begin[static_cast<std::size_t>(least - cost.begin())];
  }
  Partition out;
  out.cost = best;
  for (auto at = begin_of_best.back(); at > 0;
       at = begin_of_best[static_cast<std::size_t>(at) - 1]) {
    out.changes.push_back(static_cast<std::size_t>(at));
  }
  std::ranges::reverse(out.changes);
  return out;
}

}  // namespace assay::results::statistics
