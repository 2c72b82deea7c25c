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

/// Twice the logarithm of the likelihood may be worse by this much at the upper limit of the
/// correlation, and by as much again in a history of `kShort` runs: there the levels follow
/// correlated noise and leave less of it.
constexpr double kAllowed = 3, kShort = 60;

/// Where, from the first place on, the criterion last exceeds its least value by no more than
/// `allowed`.
double upper_limit(std::span<const double> places, std::span<const double> criterion,
                   double allowed) {
  const double most = std::ranges::min(criterion) + allowed;
  for (std::size_t i = places.size(); i-- > 0;) {
    if (criterion[i] > most) continue;
    if (i + 1 == places.size()) return places[i];
    const double part = (most - criterion[i]) / (criterion[i + 1] - criterion[i]);
    return places[i] + part * (places[i + 1] - places[i]);
  }
  return places.front();
}

}  // namespace

SerialNoise serial_noise(std::span<const double> series, const SerialNoiseOptions& options) {
  constexpr std::array kGrid = {0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95};
  constexpr double kUsual = 0.25;
  const std::vector<double> differences = difference_deviations(series, options.resolution);
  const double runs = static_cast<double>(series.size()), shortness = std::min(1.0, kShort / runs);
  std::array<double, kGrid.size()> criterion{}, of_limit{};
  std::array<Partition, kGrid.size()> partitions;
  for (std::size_t i = 0; i < kGrid.size(); ++i) {
    const double rho = kGrid[i];
    const std::vector<double> deviations = deviations_with(differences, rho);
    partitions[i] = best_partition(series, {deviations, rho, options.penalty, options.limit});
    // The variance of innovations is that of differences times (1 + rho) / 2.
    const double likelihood = runs * std::log(1 + rho) + partitions[i].cost;
    const double prior = 2 * rho / kUsual;
    criterion[i] = likelihood + prior;
    of_limit[i] = likelihood + (1 - shortness) * prior;
  }
  const auto best = static_cast<std::size_t>(std::min_element(criterion.begin(), criterion.end()) -
                                             criterion.begin());
  SerialNoise out;
  out.correlation = kGrid[best];
  out.changes = std::move(partitions[best].changes);
  out.upper_correlation =
      upper_limit(std::span(kGrid).subspan(best), std::span(of_limit).subspan(best),
                  kAllowed * (1 + std::pow(kShort / runs, 2)));
  out.deviations = deviations_with(differences, out.correlation);
  out.deviation = std::max(difference_deviation(series) / std::sqrt(2 * (1 - out.correlation)),
                           options.resolution);
  return out;
}

}  // namespace assay::results::statistics
