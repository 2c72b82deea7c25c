// Energy, clocks and heat of the CPU from what the kernel publishes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backends/cpu/control_group.h"
#include "backends/sdk/description.h"

namespace assay::backends::cpu {

/// `power_watts` is the mean since the reading before, from the energy counters; `energy_joules` of
/// all packages since the first reading, overflows undone; `clock_hz` the mean over the processors
/// asked for; `temperature_celsius` of the hottest sensor of a CPU; `throttle` says whether a
/// package was throttled since the reading before.
using Readings = sdk::Readings;

class Sensors {
 public:
  /// `processors`: the operating system's numbers of those whose clock is read.
  explicit Sensors(std::vector<int> processors, SystemFolders folders = {});

  /// `now_seconds`: any steady clock.
  Readings read(double now_seconds);

 private:
  struct Counter {
    std::filesystem::path file;
    double range = 0;  ///< microjoules at which it begins again from 0
    double last = 0;   ///< microjoules
  };
  double energy();
  double clock() const;
  double temperature() const;
  double throttle_count() const;

  SystemFolders folders_;
  std::vector<int> processors_;
  std::vector<Counter> counters_;
  std::vector<std::filesystem::path> clocks_, temperatures_, throttles_;
  bool clock_in_cpuinfo_ = false;
  double joules_ = 0;
  double last_joules_, last_seconds_, last_throttles_;
};

}  // namespace assay::backends::cpu
