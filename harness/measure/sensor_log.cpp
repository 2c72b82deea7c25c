#include "harness/measure/sensor_log.h"

#include <algorithm>

namespace assay::harness::measure {
namespace {

constexpr double kMinimumInterval = 0.05;
constexpr double kMinimumShare = 0.8;

using Figure = std::optional<double> Reading::*;

std::vector<double> known(std::span<const Reading> readings, Figure figure) {
  std::vector<double> values;
  for (const Reading& reading : readings) {
    if (reading.*figure) values.push_back(*(reading.*figure));
  }
  return values;
}

/// Mean power between the first and the last reading of the energy counter.
std::optional<double> counted_power(std::span<const Reading> readings) {
  const Reading *first = nullptr, *last = nullptr;
  for (const Reading& reading : readings) {
    if (!reading.energy_joules) continue;
    if (first == nullptr) first = &reading;
    last = &reading;
  }
  if (first == nullptr || last->at <= first->at) return std::nullopt;
  const double joules = *last->energy_joules - *first->energy_joules;
  // A counter that does not increase has wrapped around or is not implemented.
  if (joules <= 0) return std::nullopt;
  return joules / (last->at - first->at);
}

}  // namespace

bool SensorLog::read() {
  const double now = now_();
  if (absent_ || (!readings_.empty() && now - readings_.back().at < kMinimumInterval)) return false;
  std::optional<Reading> reading = source_();
  absent_ = !reading;
  if (absent_) return false;
  reading->at = now;
  readings_.push_back(std::move(*reading));
  return true;
}

results::record::Sensors SensorLog::summary() const {
  results::record::Sensors out;
  if (const auto clocks = known(readings_, &Reading::clock_hz); !clocks.empty()) {
    out.clock_hz_minimum = *std::min_element(clocks.begin(), clocks.end());
    out.clock_hz_median = results::statistics::median(clocks);
  }
  if (const auto clocks = known(readings_, &Reading::memory_clock_hz); !clocks.empty()) {
    out.memory_clock_hz_median = results::statistics::median(clocks);
  }
  if (const auto powers = known(readings_, &Reading::power_watts); !powers.empty()) {
    out.power_watts = results::statistics::median(powers);
  }
  if (const auto energies = known(readings_, &Reading::energy_joules); energies.size() > 1) {
    out.energy_joules = energies.back() - energies.front();
  }
  if (const auto heats = known(readings_, &Reading::temperature_celsius); !heats.empty()) {
    out.temperature_celsius_maximum = *std::max_element(heats.begin(), heats.end());
  }
  for (const Reading& reading : readings_) {
    if (!reading.throttle.empty()) out.throttle = reading.throttle;
  }
  return out;
}

std::optional<double> mean(std::span<const Reading> readings, Figure figure) {
  const std::vector<double> values = known(readings, figure);
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

results::record::Energy energy_of(std::span<const Reading> readings, const LaunchWindow& window,
                                  double work) {
  if (window.launches <= 0 || window.launch_seconds < kMinimumShare * window.seconds) return {};
  std::optional<double> power = counted_power(readings);
  const char* source = "counter";
  if (!power) {
    power = mean(readings, &Reading::power_watts);
    source = "power";
  }
  if (!power || *power <= 0) return {};
  results::record::Energy energy;
  energy.source = source;
  energy.joules_per_launch = *power * window.seconds / window.launches;
  energy.rate_per_watt = work / *energy.joules_per_launch;
  return energy;
}

}  // namespace assay::harness::measure
