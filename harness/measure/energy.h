// Energy of a launch from the readings of a sensor that is slow, or that averages.
//
// Sensors of power and energy answer at any time but change only at intervals: every 20 to 100 ms
// on GPUs of NVIDIA. Their power is a mean over one second on Ampere (except GA100) and newer
// (NVML, nvmlDeviceGetPowerUsage), and A100 and H100 sample only a quarter of the time (Yang,
// Adamek & Armour, Part-time Power Measurements: nvidia-smi's Lack of Attention,
// arXiv 2312.02741). So energy is given only from windows that are long for the sensor, and with
// an interval.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/measure/reading.h"
#include "harness/measure/sensor_log.h"
#include "harness/measure/task.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// A window must be as long as this many updates of its sensor.
inline constexpr double kFewestUpdates = 20;
/// A sensor that samples part of the time may see only one part of launches that are longer than
/// this. A burn therefore makes a pause after each batch of them, which is this share of its time:
/// in 40 updates of the sensor, it moves the sensor through all parts of a launch.
inline constexpr double kLongLaunchSeconds = 2.5e-3, kPauseShare = 0.025;
/// If more of the readings of power differ from the one before, the sensor is updated at least as
/// often as it is read. It is read between launches, so it then shows always the same part of them.
inline constexpr double kMostReadingsChanged = 0.9;
/// Power readings count from this time after the first launch: a mean over one second has then
/// forgotten the time before.
inline constexpr double kSettlingSeconds = 1.5;
/// Power readings must span this time, however often the sensor is updated.
inline constexpr double kShortestPowerWindow = 2;
/// Energy with a wider interval (relative half-width, without the sensor's accuracy) is not given.
inline constexpr double kWidestInterval = 0.3;

/// How far a sensor's readings may be from the truth: the larger of the two.
struct SensorAccuracy {
  double relative = 0;
  double watts = 0;
};

/// NVIDIA documents ±5% (NVML, nvmlDeviceGetPowerUsage, for Fermi and Kepler) and ±5 W
/// (nvidia-smi(1), power draw); arXiv 2312.02741 found ±5% on newer devices as well. For vendors
/// that document none, ±5% is assumed.
SensorAccuracy accuracy_of(std::string_view vendor);

/// What the sensors say about the energy of a window's launches.
struct EnergyFound {
  results::record::Energy energy;             ///< absent if no sensor could be used
  std::optional<double> watts;                ///< mean power over the same window
  std::optional<results::record::Note> note;  ///< why there is no energy, or why not by the counter
};

/// Energy per launch, from the energy counter, or from power readings if there is no counter that
/// can be used. The result is the mean power, times the time from one launch to the next. Its
/// interval contains, all added up:
///   - counter: by how much the times of the first and the last counted tick may be wrong, which is
///     the time between two readings;
///   - the mean's interval at 95%, from eight blocks of the window, with Student's t and the
///     correlation of neighbouring blocks;
///   - below, the energy that may belong to the time between launches;
///   - the accuracy of the sensor.
/// `before`: readings before the window, from which the sensor's period is learned as well. `work`
/// is counted_work() of a launch, for the rate per watt. All absent if the device reports neither
/// energy nor power.
EnergyFound energy_of(std::span<const Reading> before, const LaunchWindow& window, double work,
                      const SensorAccuracy& accuracy);

/// `found`, or why it is not the device's: its sensors read the power of `scope`, which is more
/// than the device. An empty scope is the device alone.
EnergyFound of_the_device(EnergyFound found, const std::string& scope);

/// Mean of a figure over the readings that contain it, without powers that cannot be true.
std::optional<double> mean(std::span<const WindowReading> readings,
                           std::optional<double> Reading::*figure);

}  // namespace assay::harness::measure
