// Energy, clocks and heat of the CPU from what the kernel publishes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backends/cpu/control_group.h"

namespace assay::backends::cpu {

/// NaN where the machine does not tell.
struct Readings {
  double power_watts;          ///< mean since the reading before, from the energy counters
  double energy_joules;        ///< of all packages since the first reading, overflows undone
  double clock_hz;             ///< mean over the processors asked for
  double temperature_celsius;  ///< of the hottest sensor of a CPU
  /// A package was throttled since the reading before; "" where none was, nothing where unknown.
  bool throttle_known;
  std::string throttle;
};

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
