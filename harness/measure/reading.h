// What a backend reports of a device's sensors, and how a record sums it up: one table.
#pragma once

#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/assay_backend.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// One reading of a device's sensors; values that the device does not report are absent.
struct Reading {
  double at = 0;  ///< seconds, by the caller's clock
  std::optional<double> clock_hz, memory_clock_hz, power_watts, energy_joules, temperature_celsius;
  std::string throttle;  ///< reasons; empty if there are none or the device does not report them
};

enum class Statistic { minimum, median, mean, maximum };
/// nullopt if there are no values.
std::optional<double> statistic_of(Statistic statistic, const std::vector<double>& values);

/// A member of a record, and the statistic of the readings that it has.
template <typename Owner>
struct Summarised {
  Statistic statistic = Statistic::median;
  std::optional<double> Owner::*value = nullptr;  ///< null: there is none
};
using InSensors = Summarised<results::record::Sensors>;
using InSecond = Summarised<results::record::CourseSecond>;

/// A quantity that sensors report.
struct SensorQuantity {
  const char* key;                ///< in messages and errors
  double assay_sensors::*report;  ///< the backend's figure
  std::optional<double> Reading::*value;
  double least, most;  ///< what a backend may report
  /// Of a whole measurement. Power is missing here, because energy_of() finds it with the energy.
  std::array<InSensors, 2> sensors = {};
  InSecond second = {};          ///< of a second of a burn
  bool zero_is_unknown = false;  ///< readings of 0 are left out
};
inline constexpr SensorQuantity kSensorQuantities[] = {
    {.key = "clock_hz",
     .report = &assay_sensors::clock_hz,
     .value = &Reading::clock_hz,
     .least = 0,
     .most = 1e11,
     .sensors = {InSensors{Statistic::minimum, &results::record::Sensors::clock_hz_minimum},
                 InSensors{Statistic::median, &results::record::Sensors::clock_hz_median}},
     .second = {Statistic::mean, &results::record::CourseSecond::clock_hz},
     .zero_is_unknown = true},
    {.key = "memory_clock_hz",
     .report = &assay_sensors::memory_clock_hz,
     .value = &Reading::memory_clock_hz,
     .least = 0,
     .most = 1e11,
     .sensors = {InSensors{Statistic::median, &results::record::Sensors::memory_clock_hz_median}},
     .zero_is_unknown = true},
    {.key = "power_watts",
     .report = &assay_sensors::power_watts,
     .value = &Reading::power_watts,
     .least = 0,
     .most = 1e6,
     .second = {Statistic::mean, &results::record::CourseSecond::power_watts}},
    {.key = "energy_joules",
     .report = &assay_sensors::energy_joules,
     .value = &Reading::energy_joules,
     .least = 0,
     .most = 1e18},
    {.key = "temperature_celsius",
     .report = &assay_sensors::temperature_celsius,
     .value = &Reading::temperature_celsius,
     .least = -100,
     .most = 300,
     .sensors = {InSensors{Statistic::maximum,
                           &results::record::Sensors::temperature_celsius_maximum}},
     .second = {Statistic::maximum, &results::record::CourseSecond::temperature_celsius}},
};
// Of a new figure in assay_sensors, a row must say what becomes of it.
static_assert(offsetof(assay_sensors, throttle) - offsetof(assay_sensors, power_watts) ==
              std::size(kSensorQuantities) * sizeof(double));

/// What a backend reported, without a time.
Reading reading_of(const assay_sensors& report);

/// The readings that contain the quantity.
std::vector<double> known(std::span<const Reading> readings,
                          std::optional<double> Reading::*quantity);

}  // namespace assay::harness::measure
