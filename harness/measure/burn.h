// A problem repeated for a given time, second by second, so that a boost that fades is seen.
#pragma once

#include <vector>

#include "harness/measure/sampler.h"
#include "harness/measure/sensor_log.h"
#include "results/record/record.h"

namespace assay::harness::measure {

struct Burnt {
  std::vector<results::record::CourseSecond> course;
  LaunchWindow window;
  std::vector<Reading> readings;
};

/// Launches back to back for `seconds` in batches of about a tenth of a second (a launch takes
/// `seconds_per_launch`), with a look at the sensors after each. A second of the course ends with
/// the first batch that ends after it: launches longer than that make longer ones. What is left at
/// the end counts as a second of its own from half a second on, else to the last.
Burnt burn(double seconds, double seconds_per_launch, const Launcher& launch,
           const SensorSource& sensors, const Clock& now);

}  // namespace assay::harness::measure
