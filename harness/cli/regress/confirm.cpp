#include "harness/cli/regress/confirm.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "harness/cli/common.h"
#include "harness/cli/progress.h"
#include "harness/environment/environment.h"
#include "harness/terminal/telling.h"
#include "harness/worker/session.h"
#include "results/page/text.h"
#include "results/record/confirmation.h"
#include "results/record/listing.h"

namespace assay::cli::regress {

namespace {

using harness::plan::Plan;
using harness::plan::PlanEntry;
using results::record::DeviceIdentity;
using results::record::Record;
using results::regress::Series;

/// The number of threads of the run that measured a series last.
unsigned threads_of(const results::store::Store& store, const Series& series) {
  const std::string plan = store.run(series.runs.back().run).plan;
  return plan.empty() ? 0 : harness::plan::plan_from_json(plan, {}).threads;
}

class Remeasurement {
 public:
  Remeasurement(const results::store::Store& store, unsigned threads,
                const harness::worker::Interrupt& interrupt)
      : store_(store), interrupt_(interrupt) {
    settings_.threads = plan_.threads = options_.threads = threads;
    options_.host_memory_bytes = harness::environment::available_memory();
    modules_ = harness::worker::probe_all(settings_);
  }

  /// Plans the series as its last record was measured; says why if it cannot be.
  void add(const Series& series) {
    const auto last = store_.record(series.runs.back().record);
    const std::string name = fmt::format("{} · {}", results::record::brief_problem(series.problem),
                                         series.implementation);
    if (!last || last->origin != results::record::Origin::measured) {
      return skip(name, "it was not measured here");
    }
    const auto device = device_like(last->device);
    if (!device) return skip(name, "its device is not here");
    if (threads_of(store_, series) != settings_.threads) {
      return skip(name, "it was measured with another number of threads than the first one");
    }
    try {
      add(*last, *device, name);
    } catch (const InputError& error) {
      skip(name, error.what());
    }
  }

  /// Everything several times, each time in another order; the session starts new processes.
  bool run(results::store::Store& store, std::uint32_t processes) {
    if (plan_.entries.empty()) return false;
    std::mt19937_64 random(std::random_device{}());
    const std::vector<PlanEntry> once = std::move(plan_.entries);
    plan_.entries.clear();
    for (std::uint32_t repetition = 0; repetition < processes; ++repetition) {
      std::vector<PlanEntry> shuffled = once;
      std::ranges::shuffle(shuffled, random);
      for (PlanEntry& entry : shuffled) {
        entry.repetition = repetition;
        plan_.entries.push_back(std::move(entry));
      }
    }
    measure(store);
    return true;
  }

 private:
  void skip(const std::string& name, const std::string& why) {
    fmt::print(stderr, "note: {} cannot be measured again: {}\n", name, why);
  }

  /// The place in `devices_` of one of the same kind, preferably the same; nothing if none is here.
  std::optional<std::size_t> device_like(const DeviceIdentity& there) {
    const DeviceIdentity* best = nullptr;
    const harness::worker::ModuleReport* of_module = nullptr;
    for (const harness::worker::ModuleReport& module : modules_) {
      for (const DeviceIdentity& device : module.devices) {
        if (device.backend != there.backend || device.name != there.name) continue;
        if (best != nullptr && device.index != there.index) continue;
        best = &device;
        of_module = &module;
      }
    }
    if (best == nullptr) return std::nullopt;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      if (device_key(devices_[i]) == device_key(*best)) return i;
    }
    devices_.push_back(*best);
    workers_.emplace_back(settings_, *best, of_module->path, &interrupt_);
    return devices_.size() - 1;
  }

  void add(const Record& last, std::size_t device, const std::string& name) {
    harness::plan::SuiteProblem problem{kernels::Problem::parse(last.problem), "", {}};
    problem.measurement.implementations = {last.implementation.name};
    problem.measurement.mode = last.settings.mode;
    Plan single = harness::plan::make_plan({problem}, {devices_[device]}, options_,
                                           [&](std::size_t, const kernels::Problem& asked) {
                                             return workers_[device].implementations(asked);
                                           });
    if (single.entries.empty()) {
      return skip(name, single.skipped.empty() ? "it is not offered any more"
                                               : single.skipped.front().reason);
    }
    PlanEntry entry = std::move(single.entries.front());
    entry.device = device;
    entry.settings = last.settings;
    entry.settings.burn_seconds = 0;
    plan_.entries.push_back(std::move(entry));
  }

  void measure(results::store::Store& store) {
    results::record::Run run;
    run.id = results::store::new_id();
    run.started = results::store::now_utc();
    run.suite = results::record::kConfirmationSuite;
    run.command = command_line();
    run.host = harness::environment::host_name();
    run.assay_version = harness::environment::version_text();
    run.plan = plan_to_json(plan_, devices_);
    run.environment =
        store.put_environment(harness::environment::environment_json(modules_, settings_.threads));
    store.begin(run);
    const harness::worker::SessionOptions session{run.id, run.environment, std::nullopt};
    Progress progress(plan_, stderr);
    const harness::worker::SessionObserver observer = {
        [&](std::size_t index, const PlanEntry& entry) { progress.begins(index, entry); },
        [&](const std::string& phase) { progress.phase(phase); },
        [&](std::size_t index, const PlanEntry& entry, const Record& record) {
          progress.ends(index, entry, record);
          interrupt_.check();
        }};
    harness::worker::carry_out(
        plan_, workers_, session, [&](const Record& record) { store.put(record); }, observer);
    progress.erase();
    store.end(run.id, results::store::now_utc());
  }

  const results::store::Store& store_;
  const harness::worker::Interrupt& interrupt_;
  harness::worker::WorkerSettings settings_;
  harness::plan::PlanOptions options_;
  std::vector<harness::worker::ModuleReport> modules_;
  std::vector<DeviceIdentity> devices_;
  std::vector<harness::worker::DeviceWorker> workers_;
  Plan plan_;
};

}  // namespace

bool measure_again(const HistoryChoice& history, const results::regress::Regressions& found,
                   const ConfirmChoice& choice) {
  const results::regress::ToMeasureAgain what = to_measure_again(found);
  if (what.suspicious.empty()) return false;
  const harness::worker::Interrupt interrupt;
  auto store = open_store(store_address(history.db), results::store::Access::write);
  harness::terminal::remark(
      fmt::format("{} and {} are measured again, each in {} processes\n",
                  results::page::counted(what.suspicious.size(), "suspicious result"),
                  results::page::counted(what.controls.size(), "quiet control"), choice.processes));
  Remeasurement again(store, threads_of(store, found.series[what.suspicious.front()]), interrupt);
  for (const auto* part : {&what.suspicious, &what.controls}) {
    for (const std::size_t i : *part) again.add(found.series[i]);
  }
  return again.run(store, choice.processes);
}

}  // namespace assay::cli::regress
