#include "harness/session.h"

#include <set>
#include <tuple>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/listing.h"
#include "results/store.h"

namespace assay::harness {
using results::Record;

Record blank_record(const PlanEntry& entry, const results::DeviceIdentity& device,
                    const SessionOptions& options) {
  const auto problem = kernels::Problem::parse(entry.problem);
  Record record;
  record.id = results::new_id();
  record.run = options.run;
  record.started = results::now_utc();
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.device = device;
  if (device.modelled) {
    record.origin = results::Origin::modelled;
    record.check.outcome = kernels::Outcome::unchecked;
  }
  record.implementation = {entry.implementation, entry.division, {}};
  record.settings = entry.settings;
  record.work = problem.operation().work(problem);
  record.environment = options.environment;
  return record;
}

void carry_out(const Plan& plan, std::vector<DeviceWorker>& workers, const SessionOptions& options,
               const std::function<void(const Record&)>& keep, const SessionObserver& observer) {
  for (std::size_t index = 0; index < plan.entries.size(); ++index) {
    const PlanEntry& entry = plan.entries[index];
    DeviceWorker& worker = workers[entry.device];
    observer.begins(index, entry);
    const double timeout = options.timeout_seconds.value_or(timeout_seconds(entry.estimate));
    const Record record =
        worker.measure(blank_record(entry, worker.device(), options), timeout, observer.phase);
    keep(record);
    observer.ends(index, entry, record);
  }
}

Plan remaining(const Plan& plan, const std::vector<results::DeviceIdentity>& devices,
               const std::vector<Record>& records) {
  using Key = std::tuple<std::string, std::string, std::string, std::string>;
  std::set<Key> done;
  for (const Record& record : records) {
    done.emplace(record.problem, results::device_key(record.device), record.implementation.name,
                 record.settings.mode);
  }
  Plan out;
  out.skipped = plan.skipped;
  for (const PlanEntry& entry : plan.entries) {
    const Key key(entry.problem, results::device_key(devices[entry.device]), entry.implementation,
                  entry.settings.mode);
    if (!done.contains(key)) out.entries.push_back(entry);
  }
  return out;
}

}  // namespace assay::harness
