// Decides when the machine is warm and when there are enough samples.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Launches `count` times and returns the timings. Tests pass a function with an artificial series.
using Launcher = std::function<std::vector<assay_launch>(std::uint32_t count)>;
/// Seconds since an arbitrary start.
using Clock = std::function<double()>;

struct WarmUp {
  std::uint32_t launches = 0;
  double launch_seconds = 0;      ///< host time within the launches
  double seconds_per_launch = 0;  ///< host time in the last window, without cache flushes
  double seconds_per_turn = 0;    ///< the same, including everything around a launch
};

/// Launches until the medians of three windows agree or `share` of the budget is used. This leaves
/// out what only the first launches pay for; a slower drift is left out by sample().
WarmUp warm_up(const results::record::Settings& settings, const Launcher& launch, const Clock& now,
               double share = 0.3);

struct Sampled {
  /// Each is the mean of `launches_per_sample` launches in a row.
  std::vector<double> device_seconds, host_seconds;
  std::uint32_t launches_per_sample = 1;
  results::statistics::Summary summary;  ///< of device_seconds
  bool steady = false;                   ///< no drift is left in device_seconds
  bool target_met = false;
  std::optional<results::record::Note> missed;  ///< what was reached; absent if the target was met
  std::uint32_t unsettled_launches =
      0;                         ///< before the first sample, left out because times drifted
  double unsettled_seconds = 0;  ///< how long these took
  double launch_seconds = 0;     ///< host time within all launches
};

inline constexpr std::size_t kMaximumSamples = 10000;
/// Shorter launches are joined: one sample is the mean of as many as fill this time.
inline constexpr double kShortestSample = 50e-6;
/// Times are taken to settle within this many seconds: a drift must be so slow that it changes the
/// median by at most half of the target in this time.
inline constexpr double kDriftSeconds = 1.5;

/// Samples until the target is met, or until `budget_seconds` have passed. The target is met if
///   - launches cover at least kLeastSampledSeconds,
///   - their times do not drift: the change between the thirds of the samples, continued to
///     kDriftSeconds, is at most half of the target,
///   - they count as at least kLeastEffectiveCount independent samples, and
///   - the half-width of the median's interval is at most the target, at the asked confidence.
/// While a drift is certain, the first half of the samples is left out. All of this is tested
/// whenever the number of samples has grown by a quarter. At least 5 samples are taken, unless they
/// would take longer than three budgets, and always one. results/statistics/README.md has the error
/// rates of this rule.
///
/// `joined` launches share one time (the detail kJoinedLaunches), so samples have as many of them:
/// several samples of one time would be equal.
Sampled sample(const results::record::Settings& settings, double budget_seconds, const WarmUp& warm,
               const Launcher& launch, const Clock& now, std::uint32_t joined = 1);

/// Of an executable whose module times several launches between two events: how many.
inline constexpr const char* kJoinedLaunches = "timing.joined_launches";
std::uint32_t joined_launches(const std::map<std::string, std::string>& details);

}  // namespace assay::harness::measure
