// What a worker is given to measure, and what it gives back. Who asked, when and in which run is
// the parent's to know: it makes the record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/problem.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// One measurement to make.
struct Task {
  kernels::Problem problem;
  std::string implementation;  ///< "library/onednn"
  results::record::Settings settings;
};

/// What was measured; each field as results::record::Record has it.
struct Measurement {
  results::record::Status status = results::record::Status::ok;
  std::string reason;  ///< why the status is not ok
  std::vector<results::record::Note> notes;
  results::record::Properties details;  ///< what the implementation chose
  std::vector<double> device_seconds, host_seconds;
  std::uint32_t warm_up_launches = 0;
  bool steady = false, target_met = false;
  results::statistics::Summary summary;
  kernels::Check check;
  std::string output_hash, operands_hash;
  results::record::Sensors sensors;
  results::record::Energy energy;
  results::record::Throttling throttling;
  std::vector<results::record::CourseSecond> course;
  results::record::Phases phases;
  results::record::MachineLoad machine_load;
  bool device_lost = false;  ///< the device must not be used again by the process that measured
};

/// One look at a device's sensors; what the device does not tell is absent.
struct Reading {
  double at = 0;  ///< seconds, by the clock of whoever reads
  std::optional<double> clock_hz, memory_clock_hz, power_watts, energy_joules, temperature_celsius;
  std::string throttle;  ///< reasons; empty where there are none or none are told
};

}  // namespace assay::harness::measure
