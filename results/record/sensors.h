// What a device's sensors showed during a measurement. The record's JSON, its schema, the views and
// the exports all use the tables below. harness/measure/reading.h has the table of what a backend
// reports.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>

namespace assay::results::record {

/// Sensor readings during the measurement; absent if the device does not report them. For a
/// collective they are those of rank 0's device.
struct Sensors {
  std::optional<double> power_watts;  ///< mean over the window of the energy; absent without energy
  std::optional<double> clock_hz_minimum, clock_hz_median, memory_clock_hz_median,
      temperature_celsius_maximum;
  /// The clock sensor gave one value before and during the launches, so it does not show that the
  /// device kept its clock.
  bool clock_stood_still = false;
  std::string throttle;
};

/// One figure of Sensors.
struct SensorFigure {
  const char* key;  ///< in JSON and CSV
  std::optional<double> Sensors::*value;
  const char* label;    ///< for people
  const char* unit;     ///< for people
  const char* metric;   ///< OpenMetrics: assay_sensor_METRIC; what follows the last `_` is the unit
  const char* meaning;  ///< for the schema; a whole sentence without its full stop
};
inline constexpr SensorFigure kSensorFigures[] = {
    {"power_watts", &Sensors::power_watts, "power", "W", "power_watts",
     "Mean power over the window in which the energy was measured, in watts"},
    {"clock_hz_minimum", &Sensors::clock_hz_minimum, "lowest clock", "Hz", "clock_minimum_hertz",
     "Lowest clock, in hertz"},
    {"clock_hz_median", &Sensors::clock_hz_median, "median clock", "Hz", "clock_median_hertz",
     "Median clock, in hertz"},
    {"memory_clock_hz_median", &Sensors::memory_clock_hz_median, "memory clock", "Hz",
     "memory_clock_median_hertz", "Median clock of the memory, in hertz"},
    {"temperature_celsius_maximum", &Sensors::temperature_celsius_maximum, "peak temperature", "°C",
     "temperature_maximum_celsius", "Highest temperature, in degrees Celsius"},
};

// The table has a row for every figure above.
static_assert(offsetof(Sensors, clock_stood_still) ==
              std::size(kSensorFigures) * sizeof(std::optional<double>));

/// About one second of a burn.
struct CourseSecond {
  double seconds = 0;         ///< its length; more than 1 if single launches take longer
  double launches = 0;        ///< number of launches in it
  double launch_seconds = 0;  ///< total time of these launches by the device's clock
  std::optional<double> clock_hz, power_watts;  ///< means
  std::optional<double> temperature_celsius;    ///< highest
  std::string throttle;                         ///< reasons; empty if there are none
};

/// One sensor figure of CourseSecond.
struct CourseFigure {
  const char* key;
  std::optional<double> CourseSecond::*value;
  const char *label, *unit, *meaning;  ///< as in SensorFigure
};
inline constexpr CourseFigure kCourseFigures[] = {
    {"clock_hz", &CourseSecond::clock_hz, "clock", "Hz", "Mean clock, in hertz"},
    {"power_watts", &CourseSecond::power_watts, "power", "W", "Mean power, in watts"},
    {"temperature_celsius", &CourseSecond::temperature_celsius, "temperature", "°C",
     "Highest temperature, in degrees Celsius"},
};
static_assert(offsetof(CourseSecond, throttle) - offsetof(CourseSecond, clock_hz) ==
              std::size(kCourseFigures) * sizeof(std::optional<double>));

}  // namespace assay::results::record
