// The task that a worker measures, and the result that it returns. The parent process adds run,
// time and environment and creates the record.
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

/// The result. Fields are as in results::record::Record.
struct Measurement {
  results::record::Status status = results::record::Status::ok;
  std::string reason;  ///< why the status is not ok
  std::vector<results::record::Note> notes;
  results::record::Properties details;  ///< the implementation's choices
  std::vector<double> device_seconds, host_seconds;
  std::uint32_t launches_per_sample = 1;
  std::uint32_t warm_up_launches = 0;
  bool steady = false, target_met = false;
  results::statistics::Summary summary;
  kernels::Check check;
  std::string output_hash, operands_hash;
  results::record::Sensors sensors;
  results::record::Energy energy;
  results::record::Throttling throttling;
  results::record::Challenges challenges;
  std::vector<results::record::CourseSecond> course;
  results::record::Phases phases;
  results::record::MachineLoad machine_load;
  bool device_lost = false;  ///< the process that measured must not use the device again
};

/// One reading of a device's sensors; values that the device does not report are absent.
struct Reading {
  double at = 0;  ///< seconds, by the caller's clock
  std::optional<double> clock_hz, memory_clock_hz, power_watts, energy_joules, temperature_celsius;
  std::string throttle;  ///< reasons; empty if there are none or the device does not report them
};

}  // namespace assay::harness::measure
