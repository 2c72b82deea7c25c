#include "results/statistics/serial_noise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "results/statistics/partition.h"
#include "results/statistics/shift.h"

namespace assay::results::statistics {

namespace {

/// The noise of differences near each run. It is the usual one in most histories, and at least a
/// quarter of it.
std::vector<double> difference_deviations(std::span<const double> series, double resolution) {
  constexpr std::size_t kReach = 30, kEvery = 10;
  constexpr double kLeast = 0.25;
  const double least = resolution * std::sqrt(2.0);
  const double usual = std::max(difference_deviation(series), least);
  std::vector<double> out(series.size(), usual);
  if (series.size() <= 2 * kReach) return out;
  for (std::size_t begin = 0; begin < out.size(); begin += kEvery) {
    const std::size_t middle = begin + kEvery / 2;
    const std::size_t from = middle > kReach ? middle - kReach : 0;
    const std::size_t to = std::min(out.size(), middle + kReach);
    const double local = difference_deviation(series.subspan(from, to - from));
    const std::size_t end = std::min(out.size(), begin + kEvery);
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin),
              out.begin() + static_cast<std::ptrdiff_t>(end),
              std::max({local, kLeast * usual, least}));
  }
  return out;
}

std::vector<double> deviations_with(std::vector<double> differences, double correlation) {
  for (double& deviation : differences) deviation /= std::sqrt(2 * (1 - correlation));
  return differences;
}

}  // namespace

SerialNoise serial_noise(std::span<const double> series, const SerialNoiseOptions& options) {
  constexpr std::array kGrid = {0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95};
  constexpr double kUsual = 0.25, kAllowed = 3;
  const std::vector<double> differences = difference_deviations(series, options.resolution);
  std::array<double, kGrid.size()> criterion{};
  std::array<Partition, kGrid.size()> partitions;
  for (std::size_t i = 0; i < kGrid.size(); ++i) {
    const double rho = kGrid[i];
    const std::vector<double> deviations = deviations_with(differences, rho);
    partitions[i] = best_partition(series, {deviations, rho, options.penalty, options.limit});
    // The variance of innovations is that of differences times (1 + rho) / 2.
    criterion[i] = static_cast<double>(series.size()) * std::log(1 + rho) + partitions[i].cost +
                   2 * rho / kUsual;
  }
  const auto best = static_cast<std::size_t>(std::min_element(criterion.begin(), criterion.end()) -
                                             criterion.begin());
  SerialNoise out;
  out.correlation = out.upper_correlation = kGrid[best];
  out.changes = std::move(partitions[best].changes);
  for (std::size_t i = best + 1; i < kGrid.size(); ++i) {
    const double allowed = criterion[best] + kAllowed;
    if (criterion[i] > allowed) {
      const double part = (allowed - criterion[i - 1]) / (criterion[i] - criterion[i - 1]);
      out.upper_correlation = kGrid[i - 1] + part * (kGrid[i] - kGrid[i - 1]);
      break;
    }
    out.upper_correlation = kGrid[i];
  }
  out.deviations = deviations_with(differences, out.correlation);
  out.deviation = std::max(difference_deviation(series) / std::sqrt(2 * (1 - out.correlation)),
                           options.resolution);
  return out;
}

}  // namespace assay::results::statistics
