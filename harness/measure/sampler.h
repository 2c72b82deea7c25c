// When the machine is warm, and when there are samples enough.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Launches `count` times and returns the timings. What is measured stands behind it, and in tests
/// a made-up series.
using Launcher = std::function<std::vector<assay_launch>(std::uint32_t count)>;
/// Seconds since an arbitrary start.
using Clock = std::function<double()>;

/// Decides whether a series has settled: the medians of its last three windows lie within
/// `tolerance` of their middle one, and the series' last half has no slope that would carry it
/// further than that. A window is one batch of launches.
class SteadyState {
 public:
  explicit SteadyState(double tolerance) : tolerance_(tolerance) {}
  /// The median time of a further window.
  void add(double window_median) { windows_.push_back(window_median); }
  bool reached() const;

 private:
  double tolerance_;
  std::vector<double> windows_;
};

struct WarmUp {
  std::uint32_t launches = 0;
  bool steady = false;
  double launch_seconds = 0;      ///< host time inside the launches
  double seconds_per_launch = 0;  ///< of the last window, host, flushes left out
  double seconds_per_turn = 0;    ///< the same with all that surrounds a launch
};

/// Launches until the times are steady, or until `share` of the budget is spent.
WarmUp warm_up(const results::record::Settings& settings, const Launcher& launch, const Clock& now,
               double share = 0.3);

struct Sampled {
  std::vector<double> device_seconds, host_seconds;
  results::statistics::Summary summary;  ///< of device_seconds
  bool target_met = false;
  std::optional<results::record::Note> missed;  ///< what was reached; nothing where it was met
};

inline constexpr std::size_t kMostSamples = 10000;

/// Samples until the interval of the median is within ±target with at least the minimum of samples,
/// or until `budget_seconds` have passed. The statistics are looked at whenever the count has grown
/// by a quarter.
/// At least 5 samples are taken while that costs no more than three budgets, and always one.
Sampled sample(const results::record::Settings& settings, double budget_seconds, const WarmUp& warm,
               const Launcher& launch, const Clock& now);

}  // namespace assay::harness::measure
