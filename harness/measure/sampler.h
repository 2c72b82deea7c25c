// Decides when the machine is warm and when there are enough samples.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Launches `count` times and returns the timings. Tests pass a function with an artificial series.
using Launcher = std::function<std::vector<assay_launch>(std::uint32_t count)>;
/// Seconds since an arbitrary start.
using Clock = std::function<double()>;

/// Decides whether a series has settled: the medians of its last three windows differ by at most
/// `tolerance` from their middle value, and the trend of the series' last half changes it by at
/// most that much. A window is one batch of launches.
class SteadyState {
 public:
  explicit SteadyState(double tolerance) : tolerance_(tolerance) {}
  /// Adds the median time of the next window.
  void add(double window_median) { windows_.push_back(window_median); }
  bool reached() const;

 private:
  double tolerance_;
  std::vector<double> windows_;
};

struct WarmUp {
  std::uint32_t launches = 0;
  bool steady = false;
  double launch_seconds = 0;      ///< host time within the launches
  double seconds_per_launch = 0;  ///< host time in the last window, without cache flushes
  double seconds_per_turn = 0;    ///< the same, including everything around a launch
};

/// Launches until the times are steady or `share` of the budget is used.
WarmUp warm_up(const results::record::Settings& settings, const Launcher& launch, const Clock& now,
               double share = 0.3);

struct Sampled {
  std::vector<double> device_seconds, host_seconds;
  results::statistics::Summary summary;  ///< of device_seconds
  bool target_met = false;
  std::optional<results::record::Note> missed;  ///< what was reached; absent if the target was met
};

inline constexpr std::size_t kMaximumSamples = 10000;

/// Samples until the half-width of the median's interval is at most the target and there are at
/// least the minimum number of samples, or until `budget_seconds` have passed. The statistics are
/// computed whenever the count has grown by a quarter. At least 5 samples are taken, unless they
/// would take longer than three budgets, and always one.
Sampled sample(const results::record::Settings& settings, double budget_seconds, const WarmUp& warm,
               const Launcher& launch, const Clock& now);

}  // namespace assay::harness::measure
