// Sensor readings of a device during a measurement.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/measure/sampler.h"
#include "harness/measure/task.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Reads the device's sensors without setting `at`; nullopt if it has none.
using SensorSource = std::function<std::optional<Reading>()>;

class SensorLog {
 public:
  SensorLog(SensorSource source, Clock now) : source_(std::move(source)), now_(std::move(now)) {}

  /// Takes a reading unless the last one is younger than 50 ms. Returns whether it took one.
  bool read();
  const std::vector<Reading>& readings() const { return readings_; }
  results::record::Sensors summary() const;

 private:
  SensorSource source_;
  Clock now_;
  std::vector<Reading> readings_;
  bool absent_ = false;
};

/// Mean of a figure over the readings that contain it.
std::optional<double> mean(std::span<const Reading> readings,
                           std::optional<double> Reading::*figure);

/// Launches of one problem, back to back or with gaps, and their duration.
struct LaunchWindow {
  double launches = 0;
  double seconds = 0;  ///< from the start of the first to the end of the last, including gaps
  double launch_seconds = 0;  ///< total time within the launches
};

/// Energy per launch: the mean power (from the energy counter, or from power readings if there is
/// no counter) times the time from one launch to the next. Absent without readings, and if launches
/// fill less than four fifths of the window, as with cold launches, between which caches are
/// overwritten: the energy is then not only that of the launches. `work` is counted_work() of a
/// launch, for the rate per watt.
results::record::Energy energy_of(std::span<const Reading> readings, const LaunchWindow& window,
                                  double work);

}  // namespace assay::harness::measure
