// What a device's sensors said during a measurement.
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

/// Reads the device, `at` left open; nothing where it has no sensors.
using SensorSource = std::function<std::optional<Reading>()>;

class SensorLog {
 public:
  SensorLog(SensorSource source, Clock now) : source_(std::move(source)), now_(std::move(now)) {}

  /// Takes a reading unless the last is younger than 50 ms. Returns whether it did.
  bool read();
  const std::vector<Reading>& readings() const { return readings_; }
  results::record::Sensors summary() const;

 private:
  SensorSource source_;
  Clock now_;
  std::vector<Reading> readings_;
  bool absent_ = false;
};

/// Mean of a figure over the readings that have it.
std::optional<double> mean(std::span<const Reading> readings,
                           std::optional<double> Reading::*figure);

/// Launches of one problem, back to back or with pauses, and how long they took.
struct LaunchWindow {
  double launches = 0;
  double seconds = 0;         ///< from the first to the end of the last, gaps included
  double launch_seconds = 0;  ///< inside them
};

/// Energy of a launch: mean power by the energy counter, or by the power readings where there is no
/// counter, times the time from one launch to the next. Absent without readings, and where launches
/// fill less than four fifths of the window (cold ones, between which caches are overwritten): the
/// energy is then not theirs. `work`: counted_work() of a launch, for the rate per watt.
results::record::Energy energy_of(std::span<const Reading> readings, const LaunchWindow& window,
                                  double work);

}  // namespace assay::harness::measure
