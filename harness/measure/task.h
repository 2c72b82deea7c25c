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
  /// Nothing is right until it was checked.
  kernels::Check check{.outcome = kernels::Outcome::unchecked};
  std::string output_hash, operands_hash;
  results::record::Sensors sensors;
  results::record::Energy energy;
  results::record::Throttling throttling;
  results::record::Challenges challenges;
  std::vector<results::record::CourseSecond> course;
  results::record::Phases phases;
  results::record::Clocks clocks;
  results::record::MachineLoad machine_load;
};

}  // namespace assay::harness::measure
