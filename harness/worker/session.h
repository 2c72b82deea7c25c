// Carries out a plan: one measurement after the other, each kept before the next begins.
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
  std::optional<double> timeout_seconds;  ///< of each measurement; absent: from its estimate
};

struct SessionObserver {
  std::function<void(std::size_t index, const plan::PlanEntry&)> begins;
  std::function<void(const std::string& phase)> phase;
  std::function<void(std::size_t index, const plan::PlanEntry&, const results::record::Record&)>
      ends;
};

/// The part of an entry's record that is known before it is measured: what, where, in which run,
/// and the time now as its start.
results::record::Record blank_record(const plan::PlanEntry& entry,
                                     const results::record::DeviceIdentity& device,
                                     const SessionOptions& options);
/// The same with what was measured.
results::record::Record record_of(results::record::Record blank,
                                  const measure::Measurement& measurement);

/// What a worker is given of an entry.
measure::Task task_of(const plan::PlanEntry& entry);

/// Measures each entry on its device's worker (`workers` in the order of the devices planned for)
/// and hands the record to `keep`, which has made it durable when it returns. Throws Interrupted
/// when the person stops it: the measurement under way is then lost, all before it are kept.
void carry_out(const plan::Plan& plan, std::vector<DeviceWorker>& workers,
               const SessionOptions& options,
               const std::function<void(const results::record::Record&)>& keep,
               const SessionObserver& observer);

/// The part of the plan that `records` do not hold.
plan::Plan remaining(const plan::Plan& plan,
                     const std::vector<results::record::DeviceIdentity>& devices,
                     const std::vector<results::record::Record>& records);

}  // namespace assay::harness::worker
