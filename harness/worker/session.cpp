#include "harness/worker/session.h"

#include <set>
#include <tuple>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::harness::worker {
using results::record::Record;

results::record::Record blank_record(const plan::PlanEntry& entry,
                                     const results::record::DeviceIdentity& device,
                                     const SessionOptions& options) {
  const auto problem = kernels::Problem::parse(entry.problem);
  results::record::Record record;
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
  record.work = problem.operation().work(problem);
  record.environment = options.environment;
  return record;
}

void carry_out(const plan::Plan& plan, std::vector<DeviceWorker>& workers,
               const SessionOptions& options,
               const std::function<void(const results::record::Record&)>& keep,
               const SessionObserver& observer) {
  for (std::size_t index = 0; index < plan.entries.size(); ++index) {
    const plan::PlanEntry& entry = plan.entries[index];
    DeviceWorker& worker = workers[entry.device];
    observer.begins(index, entry);
    const double timeout = options.timeout_seconds.value_or(timeout_seconds(entry.estimate));
    const results::record::Record record =
        worker.measure(blank_record(entry, worker.device(), options), timeout, observer.phase);
    keep(record);
    observer.ends(index, entry, record);
  }
}

plan::Plan remaining(const plan::Plan& plan,
                     const std::vector<results::record::DeviceIdentity>& devices,
                     const std::vector<results::record::Record>& records) {
  using Key = std::tuple<std::string, std::string, std::string, results::record::Mode>;
  std::set<Key> done;
  for (const results::record::Record& record : records) {
    done.emplace(record.problem, results::record::device_key(record.device),
                 record.implementation.name, record.settings.mode);
  }
  plan::Plan out;
  out.skipped = plan.skipped;
  for (const plan::PlanEntry& entry : plan.entries) {
    const Key key(entry.problem, results::record::device_key(devices[entry.device]),
                  entry.implementation, entry.settings.mode);
    if (!done.contains(key)) out.entries.push_back(entry);
  }
  return out;
}

}  // namespace assay::harness::worker
