// Mean power over the part of a window that a sensor measured, or why it cannot be told.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/measure/sensor_log.h"

namespace assay::harness::measure {

/// Power above this cannot be that of one device.
inline constexpr double kHighestWatts = 1e5;

struct PowerWindow {
  double watts = 0;
  double half_width = 0;  ///< relative, without the sensor's accuracy
  double period = 0;      ///< seconds between two updates of the sensor, as far as readings tell
  double seconds = 0;     ///< from the first to the last update that counts
  double launches = 0;    ///< in these seconds
  double launch_seconds = 0;  ///< within these launches
  bool stood_still = false;   ///< no reading differed from another; `refused` says so
  std::string refused;        ///< why there is no power, with what to do; empty if there is
};

/// From the energy counter: from tick to tick.
PowerWindow power_from_counter(const LaunchWindow& window);

/// From power readings, beginning a settling time after the first launch.
PowerWindow power_from_readings(std::span<const Reading> before, const LaunchWindow& window);

/// Whether a power reading during launches can be true.
bool is_believable_power(double watts);

}  // namespace assay::harness::measure
