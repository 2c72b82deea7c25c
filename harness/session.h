// Carries out a plan: one measurement after the other, each kept before the next begins.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/device_worker.h"
#include "harness/plan.h"
#include "results/record.h"

namespace assay::harness {

struct SessionOptions {
  std::string run;                        ///< id
  std::string environment;                ///< SHA-256
  std::optional<double> timeout_seconds;  ///< of each measurement; absent: from its estimate
};

struct SessionObserver {
  std::function<void(std::size_t index, const PlanEntry&)> begins;
  std::function<void(const std::string& phase)> phase;
  std::function<void(std::size_t index, const PlanEntry&, const results::Record&)> ends;
};

/// The record of an entry before anything of it was measured.
results::Record blank_record(const PlanEntry& entry, const results::DeviceIdentity& device,
                             const SessionOptions& options);

/// Measures each entry on its device's worker (`workers` in the order of the devices planned for)
/// and hands the record to `keep`, which has made it durable when it returns. Throws Interrupted
/// when the person stops it: the measurement under way is then lost, all before it are kept.
void carry_out(const Plan& plan, std::vector<DeviceWorker>& workers, const SessionOptions& options,
               const std::function<void(const results::Record&)>& keep,
               const SessionObserver& observer);

/// The part of the plan that `records` do not hold.
Plan remaining(const Plan& plan, const std::vector<results::DeviceIdentity>& devices,
               const std::vector<results::Record>& records);

}  // namespace assay::harness
