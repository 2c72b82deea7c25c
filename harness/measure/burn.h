// Repeats a problem for a given time and records every second, so that a fading boost clock becomes
// visible.
#pragma once

#include <vector>

#include "harness/measure/sampler.h"
#include "harness/measure/sensor_log.h"
#include "results/record/record.h"

namespace assay::harness::measure {

struct Burnt {
  std::vector<results::record::CourseSecond> course;
  LaunchWindow window;
  double launch_seconds = 0;  ///< total time within all launches, by the host's clock
};

/// Launches back to back for `seconds` in batches of about 50 ms (`seconds_per_launch` is the
/// expected time of a launch) and reads the sensors after each batch. A second of the course ends
/// with the first batch that ends after it, so long launches make longer parts. The remainder at
/// the end is a part of its own if it lasts at least half a second; else it is added to the last
/// part.
///
/// So that a sensor which samples only part of the time does not stay in step with the launches,
/// batches of short launches have different lengths, and after batches of long ones there is a
/// pause (energy.h). Without sensors there are no pauses.
Burnt burn(double seconds, double seconds_per_launch, const Launcher& launch,
           const SensorSource& sensors, const std::function<void(double seconds)>& pause,
           const Clock& now);

}  // namespace assay::harness::measure
