// Executes a plan: one measurement after another, each stored before the next begins.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/worker/device_worker.h"
#include "results/record/record.h"

namespace assay::harness::worker {

struct SessionOptions {
  std::string run;                        ///< id
  std::string environment;                ///< SHA-256
  std::optional<double> timeout_seconds;  ///< per measurement; absent: derived from its estimate
};

struct SessionObserver {
  std::function<void(std::size_t index, const plan::PlanEntry&)> begins;
  std::function<void(const std::string& phase)> phase;
  std::function<void(std::size_t index, const plan::PlanEntry&, const results::record::Record&)>
      ends;
};

/// The part of an entry's record that is known before the measurement: problem, device, run, and
/// the current time as its start.
results::record::Record blank_record(const plan::PlanEntry& entry,
                                     const results::record::DeviceIdentity& device,
                                     const SessionOptions& options);
/// The complete record: `blank` with the results of the measurement.
results::record::Record record_of(results::record::Record blank,
                                  const measure::Measurement& measurement);

/// The task for the worker that measures an entry.
measure::Task task_of(const plan::PlanEntry& entry);

/// Measures each entry on its device's worker (`workers` are in the order of the plan's devices)
/// and passes the record to `keep`, which must make it durable before it returns. Throws
/// Interrupted if the user stops it: the current measurement is then lost, but all earlier ones are
/// kept.
void carry_out(const plan::Plan& plan, std::vector<DeviceWorker>& workers,
               const SessionOptions& options,
               const std::function<void(const results::record::Record&)>& keep,
               const SessionObserver& observer);

/// The entries of the plan that have no record in `records`.
plan::Plan remaining(const plan::Plan& plan,
                     const std::vector<results::record::DeviceIdentity>& devices,
                     const std::vector<results::record::Record>& records);

}  // namespace assay::harness::worker
