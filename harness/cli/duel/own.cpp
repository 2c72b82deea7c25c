#include "harness/cli/duel/own.h"

#include "harness/cli/common.h"
#include "harness/environment/environment.h"
#include "harness/plan/plan.h"
#include "harness/worker/session.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::cli::duel {

namespace worker = harness::worker;
using harness::plan::PlanEntry;
using results::record::Record;

namespace {

/// What a record's doubts say if its figure may be off by more than its interval, and as a failure
/// if it is no figure at all.
void add_doubts(Shot& shot, const Record& record) {
  using results::trust::Effect;
  using results::trust::Fault;
  for (const results::trust::Doubt& doubt : results::trust::trust_of(record).doubts) {
    if (results::trust::facts(doubt.fault).effect == Effect::widens) continue;
    shot.doubt += (shot.doubt.empty() ? "" : "; ") + doubt.text;
    const bool none = results::trust::leaves_no_figure(doubt.fault);
    if (none && shot.failure.empty()) shot.failure = doubt.text;
  }
}

Shot shot_of_record(const Record& record) {
  Shot out;
  if (record.status != results::record::Status::ok) {
    out.failure = std::string(name(record.status)) + ": " + record.reason;
    out.wrong = record.status == results::record::Status::wrong;
    return out;
  }
  out.seconds = record.summary.median;
  out.clock_hz = record.sensors.clock_hz_median;
  out.operands_hash = record.operands_hash;
  add_doubts(out, record);
  if (!(out.seconds > 0)) out.failure = "it gave no time";
  return out;
}

worker::WorkerSettings settings_of(const MeasurementChoice& choice) {
  worker::WorkerSettings out;
  out.threads = choice.threads;
  return out;
}

/// Measures the entry in a process that is started for it and ends after it.
Runner runner_of_worker(const PlanEntry& entry, const FoundDevice& device,
                        const worker::WorkerSettings& settings, const Session& session) {
  const auto one = std::make_shared<worker::DeviceWorker>(settings, device.identity, device.module,
                                                          session.interrupt);
  const double timeout =
      session.timeout_seconds.value_or(harness::plan::timeout_seconds(entry.estimate));
  return [one, entry, timeout] {
    Record blank = worker::blank_record(entry, one->device(), {});
    const Record record = worker::record_of(
        std::move(blank), one->measure(worker::task_of(entry), timeout, [](const std::string&) {}));
    one->stop();
    return shot_of_record(record);
  };
}

std::vector<harness::plan::SuiteProblem> problems_in(const MeasurementChoice& choice) {
  std::vector<harness::plan::SuiteProblem> out;
  if (!choice.suite.empty()) out = harness::plan::load_suite(choice.suite).problems;
  for (const kernels::Problem& problem : choice.problems) out.push_back({problem, "", {}});
  return out;
}

}  // namespace

const std::vector<worker::ModuleReport>& Modules::in(const std::string& folder,
                                                     const std::vector<std::string>& devices) {
  const auto [place, is_new] = known_.try_emplace({folder, devices});
  if (is_new) {
    place->second = folder.empty() ? modules_of({}, devices) : worker::probe_folder({}, folder);
  }
  return place->second;
}

std::vector<Entry> entries_of_workers(const SideChoice& side, Modules& modules,
                                      const Session& session) {
  const MeasurementChoice choice = choice_of(side, session.choice);
  const worker::WorkerSettings settings = settings_of(choice);
  const auto devices = select_devices(modules.in(side.modules, choice.devices), choice.devices);
  std::vector<results::record::DeviceIdentity> identities;
  std::vector<worker::DeviceWorker> askers;
  for (const FoundDevice& device : devices) {
    identities.push_back(device.identity);
    askers.emplace_back(settings, device.identity, device.module, session.interrupt);
  }
  harness::plan::PlanOptions options;
  options.measurement = choice.measurement;
  options.host_memory_bytes = harness::environment::available_memory();
  options.threads = choice.threads;
  const harness::plan::Plan plan =
      harness::plan::make_plan(problems_in(choice), identities, options,
                               [&](std::size_t device, const kernels::Problem& problem) {
                                 return askers[device].implementations(problem);
                               });
  std::vector<Entry> out;
  for (const PlanEntry& entry : plan.entries) {
    const FoundDevice& device = devices[entry.device];
    if (device.identity.modelled) continue;
    out.push_back({.problem = entry.problem.text(),
                   .device = results::record::device_key(device.identity),
                   .implementation = entry.implementation,
                   .mode = entry.settings.mode,
                   .prepare = [=] { return runner_of_worker(entry, device, settings, session); }});
  }
  return out;
}

}  // namespace assay::cli::duel
