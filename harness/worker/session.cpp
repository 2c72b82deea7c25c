#include "harness/worker/session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <set>
#include <tuple>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/record/listing.h"
#include "results/record/texts.h"
#include "results/store/store.h"

namespace assay::harness::worker {
using results::record::Record;

Record blank_record(const plan::PlanEntry& entry, const results::record::DeviceIdentity& device,
                    const SessionOptions& options) {
  const kernels::Problem& problem = entry.problem;
  Record record;
  record.id = results::store::new_id();
  record.run = options.run;
  record.started = results::store::now_utc();
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.device = device;
  if (device.modelled) {
    record.origin = results::record::Origin::modelled;
    record.check.outcome = kernels::Outcome::unchecked;
  }
  record.implementation = {entry.implementation, entry.division, {}};
  record.settings = entry.settings;
  record.repetition = entry.repetition;
  record.work = problem.operation().work(problem);
  record.environment = options.environment;
  return record;
}

Record record_of(Record blank, const measure::Measurement& measurement) {
  Record record = std::move(blank);
  record.status = measurement.status;
  record.reason = measurement.reason;
  record.notes = measurement.notes;
  record.implementation.details = measurement.details;
  record.device_seconds = measurement.device_seconds;
  record.host_seconds = measurement.host_seconds;
  record.launches_per_sample = measurement.launches_per_sample;
  record.warm_up_launches = measurement.warm_up_launches;
  record.steady = measurement.steady;
  record.target_met = measurement.target_met;
  record.summary = measurement.summary;
  // A modelled device has no check, even if the measurement never started.
  if (!record.device.modelled || !measurement.check.method.empty()) {
    record.check = measurement.check;
  }
  // Nothing was checked where the measurement ended before that.
  if (record.status != results::record::Status::ok && record.check.method.empty()) {
    record.check.outcome = kernels::Outcome::unchecked;
  }
  // Nor is there a figure where nothing was timed: absent is not 0.
  if (record.status != results::record::Status::ok && record.summary.count == 0) {
    constexpr double kAbsent = std::numeric_limits<double>::quiet_NaN();
    record.summary = results::statistics::summary_of_model(kAbsent);
  }
  record.output_hash = measurement.output_hash;
  record.operands_hash = measurement.operands_hash;
  record.sensors = measurement.sensors;
  record.energy = measurement.energy;
  record.throttling = measurement.throttling;
  record.challenges = measurement.challenges;
  record.course = measurement.course;
  record.phases = measurement.phases;
  record.clocks = measurement.clocks;
  record.machine_load = measurement.machine_load;
  // A module or its library may quote a variable or an address.
  results::record::mask_secrets(record);
  return record;
}

measure::Task task_of(const plan::PlanEntry& entry) {
  return {entry.problem, entry.implementation, entry.settings};
}

void carry_out(const plan::Plan& plan, std::vector<DeviceWorker>& workers,
               const SessionOptions& options, const std::function<void(const Record&)>& keep,
               const SessionObserver& observer) {
  for (std::size_t index = 0; index < plan.entries.size(); ++index) {
    const plan::PlanEntry& entry = plan.entries[index];
    if (index > 0 && entry.repetition != plan.entries[index - 1].repetition) {
      for (DeviceWorker& worker : workers) worker.stop();
    }
    DeviceWorker& worker = workers[entry.device];
    observer.begins(index, entry);
    const double timeout = options.timeout_seconds.value_or(timeout_seconds(entry.estimate));
    Record blank = blank_record(entry, worker.device(), options);
    const Record record =
        record_of(std::move(blank), worker.measure(task_of(entry), timeout, observer.phase));
    keep(record);
    observer.ends(index, entry, record);
  }
}

plan::Plan remaining(const plan::Plan& plan,
                     const std::vector<results::record::DeviceIdentity>& devices,
                     const std::vector<Record>& records) {
  using Key =
      std::tuple<std::string, std::string, std::string, results::record::Mode, std::uint32_t>;
  std::set<Key> done;
  for (const Record& record : records) {
    done.emplace(record.problem, results::record::device_key(record.device),
                 record.implementation.name, record.settings.mode, record.repetition);
  }
  plan::Plan out;
  out.skipped = plan.skipped;
  for (const plan::PlanEntry& entry : plan.entries) {
    const Key key(entry.problem.text(), results::record::device_key(devices[entry.device]),
                  entry.implementation, entry.settings.mode, entry.repetition);
    if (!done.contains(key)) out.entries.push_back(entry);
  }
  return out;
}

}  // namespace assay::harness::worker
