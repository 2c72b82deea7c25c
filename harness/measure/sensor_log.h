// Sensor readings of a device during a measurement, with the launches made until each of them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/measure/reading.h"
#include "harness/measure/sampler.h"
#include "harness/measure/task.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// Reads the device's sensors without setting `at`; nullopt if it has none.
using SensorSource = std::function<std::optional<Reading>()>;

/// A reading, and what was launched before it in the same window.
struct WindowReading {
  Reading reading;
  double launches = 0;
  double launch_seconds = 0;  ///< total time within these launches, by the host's clock
};

/// Launches of one problem with little time between them, and the readings taken in the meantime.
struct LaunchWindow {
  double begin = 0;  ///< when the first launch began, by the clock of the readings
  std::vector<WindowReading> readings;
};

class SensorLog {
 public:
  SensorLog(SensorSource source, Clock now) : source_(std::move(source)), now_(std::move(now)) {}

  /// Takes a reading unless the window has one that is younger than 50 ms. Returns whether it took
  /// one.
  bool read();
  /// Launches begin, or go on after a pause: window() then has the readings from here on.
  void begin_window();
  /// Adds launches that have ended. All launches count, also those whose times are discarded,
  /// because the device spent energy on them.
  void count(std::span<const assay_launch> launches);

  const std::vector<Reading>& readings() const { return readings_; }
  const LaunchWindow& window() const { return window_; }
  results::record::Sensors summary() const;

 private:
  SensorSource source_;
  Clock now_;
  std::vector<Reading> readings_;
  LaunchWindow window_;
  double launches_ = 0, launch_seconds_ = 0;  ///< in the window
  bool absent_ = false;
};

/// Clocks above zero. A sensor that reports 0 Hz does not know the clock.
std::vector<double> known_clocks(std::span<const Reading> readings);

/// Whether the clock sensor gave the same value at least ten times: before the first launch and
/// during the launches. It may then report a constant, and is no evidence that the device kept its
/// clock.
bool clock_stood_still(std::span<const Reading> readings);

/// The note for the record if the clock sensor reported 0 Hz or stood still.
std::optional<results::record::Note> clock_note(std::span<const Reading> readings);

}  // namespace assay::harness::measure
