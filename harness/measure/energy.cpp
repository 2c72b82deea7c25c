#include "harness/measure/energy.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/power_window.h"
#include "results/page/quantity_text.h"

namespace assay::harness::measure {
namespace {

/// If launches fill less of the window, too much of the energy is not theirs.
constexpr double kMinimumShare = 0.8;
constexpr double kUsualAccuracy = 0.05;

bool has(const LaunchWindow& window, std::optional<double> Reading::*figure) {
  return std::ranges::any_of(
      window.readings, [&](const WindowReading& one) { return (one.reading.*figure).has_value(); });
}

results::record::Note missing(const std::string& why) {
  return {results::record::NoteKind::energy_missing, "energy: not measured: " + why, {}};
}

std::string other_than_launches(const LaunchWindow& window) {
  const WindowReading& last = window.readings.back();
  const double seconds = last.reading.at - window.begin;
  if (last.launches > 0 && last.launch_seconds >= kMinimumShare * seconds) return "";
  return fmt::format(
      "launches filled only {} of the window of {}, so the rest of the energy is not theirs; "
      "use --burn 5s",
      results::page::percent_text(seconds > 0 ? last.launch_seconds / seconds : 0),
      results::page::duration_text(seconds));
}

results::record::Energy energy_from(const PowerWindow& power, double work,
                                    const SensorAccuracy& accuracy, const char* source) {
  results::record::Energy energy;
  const double joules = power.watts * power.seconds / power.launches;
  const double wrong = std::max(accuracy.relative, accuracy.watts / power.watts);
  const double own = std::min(1.0, power.launch_seconds / power.seconds);
  energy.joules_per_launch = joules;
  energy.joules_lower = joules * own * std::max(0.0, 1 - power.half_width - wrong);
  energy.joules_upper = joules * (1 + power.half_width + wrong);
  energy.rate_per_watt = work / joules;
  energy.source = source;
  energy.window_seconds = power.seconds;
  energy.sensor_period_seconds = power.period;
  energy.sensor_accuracy = wrong;
  return energy;
}

}  // namespace

SensorAccuracy accuracy_of(std::string_view vendor) {
  return {kUsualAccuracy, vendor == "NVIDIA" ? 5.0 : 0.0};
}

EnergyFound energy_of(std::span<const Reading> before, const LaunchWindow& window, double work,
                      const SensorAccuracy& accuracy) {
  const bool counter = has(window, &Reading::energy_joules);
  const bool power = has(window, &Reading::power_watts);
  EnergyFound out;
  if (!counter && !power) return out;
  if (std::string why = other_than_launches(window); !why.empty()) {
    out.note = missing(why);
    return out;
  }
  std::string counter_refused;
  bool counter_stood_still = false;
  const auto take = [&](const PowerWindow& found, const char* source) {
    out.energy = energy_from(found, work, accuracy, source);
    out.watts = found.watts;
  };
  if (counter) {
    const PowerWindow found = power_from_counter(window);
    if (found.refused.empty()) {
      take(found, "counter");
      return out;
    }
    counter_refused = found.refused;
    counter_stood_still = found.stood_still;
  }
  std::string refused = counter_refused;
  if (power) {
    const PowerWindow found = power_from_readings(before, window);
    if (found.refused.empty()) {
      take(found, "power");
      if (!counter) return out;
      out.note = missing(counter_refused);
      out.note->text = "energy: from power readings, because " + counter_refused;
      return out;
    }
    // A counter that never changes may not exist; the hint about the other sensor helps more.
    if (!counter || counter_stood_still) refused = found.refused;
  }
  out.note = missing(refused);
  return out;
}

EnergyFound of_the_device(EnergyFound found, const std::string& scope) {
  // Without energy there is a note where there is a sensor; a longer window would not help.
  const bool has_sensor = found.energy.joules_per_launch.has_value() || found.note.has_value();
  if (scope.empty() || !has_sensor) return found;
  EnergyFound out;
  out.note = missing(
      fmt::format("the sensor reads the power of {}, of which this device is a part", scope));
  return out;
}

std::optional<double> mean(std::span<const WindowReading> readings,
                           std::optional<double> Reading::*figure) {
  const bool is_power = figure == &Reading::power_watts;
  double sum = 0, count = 0;
  for (const WindowReading& one : readings) {
    const std::optional<double>& value = one.reading.*figure;
    if (!value || (is_power && !is_believable_power(*value))) continue;
    sum += *value;
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

}  // namespace assay::harness::measure
