#include "harness/measure/hot_account.h"

#include <algorithm>

namespace assay::harness::measure {
namespace {

/// Short enough that some batch is not interrupted by other work.
constexpr double kHotBatchSeconds = 3e-3;
/// If none of kBatches is: so long that what the module leaves out stands out from delays.
constexpr double kLongBatchSeconds = 30e-3;
constexpr double kMostLaunches = 1000, kMostInLong = 30000;
/// So many are launched; more, until one is not interrupted; fewer, if launches take long.
constexpr int kBatches = 5, kMostBatches = 30, kFewestBatches = 2;
constexpr double kLongSeconds = 0.05;
/// In a call of several, the untimed launch that may lead it counts for little. Longer ones need
/// no lead.
constexpr double kNeedsNoLead = 25e-3, kLeastLaunches = 4;
/// After so many seconds, launches that take at most this multiple of the samples' time need not be
/// made again: the shortest of several is only sought where the samples seem too short.
constexpr double kEnoughSeconds = 0.015, kAsSampled = 1.1;
/// Shares of the wall time and of the host's time, for a batch that nothing interrupted, and what a
/// module needs around each launch to read its clocks and to keep their times: 0.4 to 0.8 us on
/// CPUs.
constexpr double kAccounted = 0.9, kOfDevice = 0.7, kAroundLaunch = 1e-6;

double wall_of_one(const results::record::ClockSums& sums) {
  return sums.wall / static_cast<double>(sums.launches);
}

bool is_undisturbed(const results::record::ClockSums& sums) {
  const double around = kAroundLaunch * static_cast<double>(sums.launches);
  return sums.host >= kAccounted * (sums.wall - around) && sums.device >= kOfDevice * sums.host;
}

}  // namespace

results::record::ClockSums hot_account(Target& target, double sampled_seconds, const Clock& now) {
  results::record::ClockSums best;
  const double begin = now();
  std::uint32_t count = 1;
  // The first launch shows how many fill a batch.
  for (int batch = 0; batch <= kMostBatches; ++batch) {
    target.begin_account();
    target.launch(count, ASSAY_HOT);
    const results::record::ClockSums sums = target.account(ASSAY_HOT);
    if (sums.launches == 0) return {};
    const bool first_long = batch == kBatches + 1;
    if (batch <= 1 || first_long || wall_of_one(sums) < wall_of_one(best)) best = sums;
    const bool is_long = now() - begin > kLongSeconds;
    const bool as_sampled = wall_of_one(best) <= kAsSampled * sampled_seconds;
    const double least_launches = wall_of_one(best) < kNeedsNoLead ? kLeastLaunches : 1;
    const bool shows_enough = as_sampled && now() - begin > kEnoughSeconds &&
                              static_cast<double>(best.launches) >= least_launches;
    const int least = is_long ? kFewestBatches : kBatches;
    if (is_undisturbed(best) && (shows_enough || batch >= least)) break;
    // One launch of half a second is an account of its own.
    if (now() - begin > 10 * kLongSeconds) break;
    const bool next_is_short = batch < kBatches;
    const double launches =
        (next_is_short ? kHotBatchSeconds : kLongBatchSeconds) / std::max(wall_of_one(best), 1e-9);
    count = static_cast<std::uint32_t>(
        std::clamp(launches, least_launches, next_is_short ? kMostLaunches : kMostInLong));
  }
  return best;
}

}  // namespace assay::harness::measure
