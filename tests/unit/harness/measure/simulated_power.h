// A device whose power is known at every moment of an artificial clock, and sensors that tell it as
// real ones do: late, at intervals, averaged, or for part of the time.
#pragma once

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "harness/measure/sensor_log.h"

namespace assay::harness::measure {

/// Power of a launch: `high` watts in its first part, then `low`.
struct Draw {
  const char* name;
  double launch_seconds;
  double high, low;
  double high_share;

  double joules() const { return launch_seconds * (high * high_share + low * (1 - high_share)); }
};

class SimulatedDevice {
 public:
  static constexpr double kIdleWatts = 90;

  explicit SimulatedDevice(const Draw& draw) : draw_(draw) { spend(10, kIdleWatts); }

  double now() const { return ends_.back(); }
  Clock clock() {
    return [this] { return now(); };
  }
  void idle(double seconds) { spend(seconds, kIdleWatts); }
  Launcher launcher() {
    return [this](std::uint32_t count) {
      for (std::uint32_t i = 0; i < count; ++i) {
        spend(draw_.launch_seconds * draw_.high_share, draw_.high);
        spend(draw_.launch_seconds * (1 - draw_.high_share), draw_.low);
      }
      return std::vector<assay_launch>(count, {draw_.launch_seconds, draw_.launch_seconds});
    };
  }
  /// Energy from the beginning to the moment.
  double joules_at(double moment) const {
    const auto after = std::lower_bound(ends_.begin(), ends_.end(), moment);
    const auto i = static_cast<std::size_t>(after - ends_.begin());
    if (i == 0) return 0;
    const double share = (moment - ends_[i - 1]) / (ends_[i] - ends_[i - 1]);
    return joules_[i - 1] + share * (joules_[i] - joules_[i - 1]);
  }
  double mean_watts(double from, double to) const {
    return (joules_at(to) - joules_at(from)) / (to - from);
  }

 private:
  void spend(double seconds, double watts) {
    if (seconds <= 0) return;
    ends_.push_back(ends_.back() + seconds);
    joules_.push_back(joules_.back() + seconds * watts);
  }

  Draw draw_;
  std::vector<double> ends_ = {0}, joules_ = {0};
};

enum class SensorKind { counter, part_time_counter, mean_of_a_second, part_time_power };

/// Updated every `period` from a random phase; a reading takes 0.2 ms.
class SimulatedSensor {
 public:
  SimulatedSensor(SimulatedDevice& device, SensorKind kind, double period, std::uint32_t seed)
      : device_(device), kind_(kind), period_(period), random_(seed) {
    phase_ = std::uniform_real_distribution<>(0, period)(random_);
    next_ = phase_ + std::ceil((device.now() - 2) / period) * period;
  }

  Reading operator()() {
    device_.idle(2e-4);
    for (; next_ <= device_.now(); next_ += period_) update(next_);
    Reading reading;
    const bool counts = kind_ == SensorKind::counter || kind_ == SensorKind::part_time_counter;
    (counts ? reading.energy_joules : reading.power_watts) = value_;
    return reading;
  }

 private:
  /// What A100 and H100 see of every update: a quarter.
  double part(double moment) const { return device_.mean_watts(moment - period_ / 4, moment); }
  void update(double moment) {
    // The last digits of a real sensor change even if the power does not.
    const double noise = std::normal_distribution<>(1, 1e-3)(random_);
    switch (kind_) {
      case SensorKind::counter:
        value_ = device_.joules_at(moment);
        break;
      case SensorKind::part_time_counter:
        value_ += part(moment) * period_;
        break;
      case SensorKind::mean_of_a_second:
        value_ = device_.mean_watts(moment - 1, moment) * noise;
        break;
      case SensorKind::part_time_power:
        value_ = part(moment) * noise;
        break;
    }
    value_ = std::round(value_ * 1e3) / 1e3;
  }

  SimulatedDevice& device_;
  SensorKind kind_;
  double period_, phase_ = 0, next_ = 0, value_ = 1000;
  std::mt19937 random_;
};

}  // namespace assay::harness::measure
