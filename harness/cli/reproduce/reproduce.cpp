// assay reproduce BUNDLE: repeats the measurements of a bundle here and compares.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/progress.h"
#include "harness/cli/reproduce/rerun.h"
#include "harness/cli/reproduce/text.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/telling.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/session.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::cli::reproduce {
extern const Verb verb;

namespace {

using harness::worker::DeviceWorker;
using results::bundle::Bundle;
using results::bundle::Obstacle;
using results::bundle::Reproduction;
using results::record::DeviceIdentity;
using results::record::Record;
using results::store::Store;

struct Arguments {
  std::string file;
  double margin = 0;  ///< relative
  std::optional<double> timeout_seconds;
  std::optional<results::store::StoreAddress> db;
  std::vector<std::string> devices, runs;
  unsigned repeat = 3;
  bool dry_run = false, json = false, wide = false;
};

/// The devices and processes of a rerun.
struct Bench {
  std::vector<harness::worker::ModuleReport> modules;
  std::vector<Counterpart> counterparts;
  std::vector<DeviceIdentity> devices;
  std::vector<DeviceWorker> workers;  ///< in the order of `devices`
  const harness::worker::Interrupt* interrupt = nullptr;
};

unsigned threads_of(const Bundle& bundle) {
  const std::string& plan = bundle.contents.run.plan;
  return plan.empty() ? 0 : harness::plan::plan_from_json(plan, {}).threads;
}

/// Those that the bundle's run asked, and those of the devices here: environments of others would
/// differ by what neither run used.
void keep_compared_modules(const Bundle& bundle, Bench& bench) {
  const auto there = bundle.contents.environments.find(bundle.contents.run.environment);
  if (there == bundle.contents.environments.end()) return;
  std::set<std::string> names = harness::environment::modules_in(there->second);
  for (const DeviceIdentity& device : bench.devices) names.insert(device.backend);
  std::erase_if(bench.modules, [&](const auto& module) { return !names.contains(module.name); });
}

Bench prepare(const Arguments& arguments, const Bundle& bundle,
              const harness::worker::Interrupt& interrupt) {
  harness::worker::WorkerSettings settings;
  settings.threads = threads_of(bundle);
  Bench bench;
  bench.interrupt = &interrupt;
  bench.modules = harness::worker::probe_all(settings);
  bench.counterparts = counterparts(bundle.contents.records, bench.modules, arguments.devices);
  for (const Counterpart& one : bench.counterparts) {
    if (!one.here) continue;
    const auto same = [&](const DeviceIdentity& other) {
      return results::record::device_key(other) == results::record::device_key(one.here->identity);
    };
    if (std::any_of(bench.devices.begin(), bench.devices.end(), same)) continue;
    bench.devices.push_back(one.here->identity);
    bench.workers.emplace_back(settings, one.here->identity, one.here->module, &interrupt);
  }
  keep_compared_modules(bundle, bench);
  return bench;
}

Rerun plan_of(const Bundle& bundle, Bench& bench) {
  harness::plan::PlanOptions options;
  options.host_memory_bytes = harness::environment::available_memory();
  options.threads = threads_of(bundle);
  std::map<std::pair<std::size_t, kernels::Problem>, std::vector<harness::measure::Offer>> known;
  const harness::plan::Asker ask = [&](std::size_t device, const kernels::Problem& problem) {
    const auto key = std::pair(device, problem);
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    return known.emplace(key, bench.workers[device].implementations(problem)).first->second;
  };
  return plan_rerun(bundle.contents.records, bench.counterparts, bench.devices, options, ask);
}

/// Measures the plan as a new run of the store. Returns the run's id.
std::string measure(const Arguments& arguments, const Bundle& bundle, Bench& bench,
                    const Rerun& rerun, Store& store, std::vector<Record>& kept) {
  results::record::Run run;
  run.id = results::store::new_id();
  run.started = results::store::now_utc();
  run.suite = bundle.contents.run.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = plan_to_json(rerun.plan, bench.devices);
  run.environment = store.put_environment(harness::environment::environment_json(
      bench.modules, rerun.plan.threads, conformance_in(store)));
  store.begin(run);
  if (const double load = harness::environment::load_average(); load > 0.5) {
    harness::terminal::note(
        fmt::format("load average {:.1f}: other work on this machine causes differences", load));
  }
  const harness::worker::SessionOptions session{run.id, run.environment, arguments.timeout_seconds};
  Progress progress(rerun.plan, stderr);
  const harness::worker::SessionObserver observer = {
      [&](std::size_t index, const harness::plan::PlanEntry& entry) {
        progress.begins(index, entry);
      },
      [&](const std::string& phase) { progress.phase(phase); },
      [&](std::size_t index, const harness::plan::PlanEntry& entry, const Record& record) {
        progress.ends(index, entry, record);
        bench.interrupt->check();
      }};
  const auto keep = [&](const Record& record) {
    store.put(record);
    kept.push_back(record);
  };
  harness::worker::carry_out(rerun.plan, bench.workers, session, keep, observer);
  progress.erase();
  store.end(run.id, results::store::now_utc());
  return run.id;
}

/// Sorts the outcomes in the order of the bundle.
void sort_outcomes(const Bundle& bundle, std::vector<Reproduction>& outcomes) {
  const Record* const first = bundle.contents.records.data();
  std::stable_sort(outcomes.begin(), outcomes.end(),
                   [first](const Reproduction& a, const Reproduction& b) {
                     return a.there - first < b.there - first;
                   });
}

int tell(const Arguments& arguments, ReproductionReport report) {
  sort_outcomes(*report.bundle, report.outcomes);
  if (arguments.json) {
    fmt::print("{}\n", to_json(report).dump(2, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace));
  } else {
    const ReproduceStyle style{arguments.wide ? 1000 : harness::terminal::terminal_width(),
                               harness::terminal::use_colour(), arguments.wide};
    fmt::print("{}", reproduction_text(report, style));
  }
  return exit_code(report);
}

std::vector<std::string> differences(const Bundle& bundle, const Store& store,
                                     const std::string& environment) {
  const auto there = bundle.contents.environments.find(bundle.contents.run.environment);
  if (there == bundle.contents.environments.end() || environment.empty()) return {};
  return results::bundle::environment_differences(there->second, store.environment(environment));
}

/// The record here that repeats one of the bundle, preferably on the same device; end() where there
/// is none.
std::vector<Record>::iterator counterpart_of(const Record& there, std::vector<Record>& here) {
  const auto repeats = [&](const Record& record) {
    return record.problem == there.problem && record.settings.mode == there.settings.mode &&
           record.implementation.name == there.implementation.name;
  };
  const auto same_device = std::find_if(here.begin(), here.end(), [&](const Record& record) {
    return repeats(record) &&
           results::record::device_key(record.device) == results::record::device_key(there.device);
  });
  return same_device != here.end() ? same_device : std::find_if(here.begin(), here.end(), repeats);
}

/// Removes from each run the records that repeat `there`, one per process and all on one device,
/// and returns them.
std::vector<Record> take(const Record& there, std::vector<std::vector<Record>>& runs) {
  std::vector<Record> out;
  for (std::vector<Record>& run : runs) {
    std::string device;
    for (;;) {
      const auto found = counterpart_of(there, run);
      if (found == run.end()) break;
      const std::string key = results::record::device_key(found->device);
      if (!device.empty() && key != device) break;
      device = key;
      out.push_back(std::move(*found));
      run.erase(found);
    }
  }
  return out;
}

/// Compares runs of the store with the bundle; nothing is measured.
int compare_runs(const Arguments& arguments, const Bundle& bundle, ReproductionReport report) {
  const Store store = open_store(store_address(arguments.db), results::store::Access::read);
  std::vector<std::vector<Record>> runs;
  for (const std::string& id : arguments.runs) {
    const results::record::Run run = find_run(store, id);
    runs.push_back(store.records({.run = run.id}));
    report.runs.push_back(run.id);
    report.environment = differences(bundle, store, run.environment);
  }
  report.store = store.name();
  for (const auto& there : results::bundle::repeated(bundle.contents.records)) {
    Reproduction one = results::bundle::reproducible(there);
    if (std::vector<Record> here = take(*there.front(), runs); !here.empty()) {
      one = results::bundle::reproduction(there, std::move(here), report.margin);
    } else if (one.obstacle == Obstacle::none) {
      one.obstacle = Obstacle::not_run;
      one.reason = "none of the runs has it";
    }
    report.outcomes.push_back(std::move(one));
  }
  return tell(arguments, std::move(report));
}

int show_plan(const Arguments& arguments, const Bench& bench, const ReproductionReport& report,
              const Rerun& rerun) {
  if (arguments.json) {
    nlohmann::ordered_json json = to_json(report);
    json["plan"] = run::to_json(rerun.plan, bench.devices);
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", run::plan_text(rerun.plan, bench.devices));
    if (!report.outcomes.empty()) {
      fmt::print("\n{}", reproduction_text(report, {harness::terminal::terminal_width(),
                                                    harness::terminal::use_colour()}));
    }
  }
  return rerun.plan.entries.empty() ? kNothingRan : kDone;
}

int rerun_here(const Arguments& arguments, const Bundle& bundle, ReproductionReport report,
               const harness::worker::Interrupt& interrupt) {
  Bench bench = prepare(arguments, bundle, interrupt);
  const Rerun rerun = plan_of(bundle, bench);
  report.outcomes = rerun.impossible;
  if (arguments.dry_run) return show_plan(arguments, bench, report, rerun);
  if (rerun.plan.entries.empty()) return tell(arguments, std::move(report));
  Store store = open_store(store_address(arguments.db), results::store::Access::write);
  report.store = store.name();
  const std::size_t entries = rerun.plan.entries.size();
  std::vector<std::vector<Record>> here(entries);  // of each entry, one a run
  for (unsigned number = 1; number <= arguments.repeat; ++number) {
    if (arguments.repeat > 1) {
      harness::terminal::remark(fmt::format("run {} of {}\n", number, arguments.repeat));
    }
    std::vector<Record> kept;
    try {
      report.runs.push_back(measure(arguments, bundle, bench, rerun, store, kept));
    } catch (const harness::worker::Interrupted& interrupted) {
      fmt::print(stderr, "\nstopped in run {}: {} of its {} measurements are in {}\n", number,
                 kept.size(), entries, report.store);
      return 128 + interrupted.signal;
    }
    report.environment = differences(bundle, store, kept.front().environment);
    for (std::size_t i = 0; i < entries; ++i) here[i].push_back(std::move(kept[i]));
    // Only new processes show what varies from process to process.
    for (DeviceWorker& worker : bench.workers) worker.stop();
  }
  for (std::size_t i = 0; i < entries; ++i) {
    report.outcomes.push_back(
        results::bundle::reproduction(rerun.measured[i], std::move(here[i]), report.margin));
  }
  return tell(arguments, std::move(report));
}

int run(const Arguments& arguments) {
  const harness::worker::Interrupt interrupt;
  ReproductionReport report;
  report.file = arguments.file;
  report.margin = arguments.margin;
  const Bundle bundle = results::bundle::read_bundle_file(arguments.file);
  report.bundle = &bundle;
  try {
    return arguments.runs.empty() ? rerun_here(arguments, bundle, std::move(report), interrupt)
                                  : compare_runs(arguments, bundle, std::move(report));
  } catch (const harness::worker::Interrupted& interrupted) {
    fmt::print(stderr, "\nstopped before the first measurement; nothing was stored\n");
    return 128 + interrupted.signal;
  }
}

void add_measuring_options(Options& options, Arguments& arguments) {
  Option& device = options.option("--device", arguments.devices, text("DEVICE"),
                                  "Run on this device, e.g. cpu:0; or replace one device of the "
                                  "bundle, e.g. cuda:0=cuda:1");
  Option& timeout = add_timeout_option(options, arguments.timeout_seconds);
  Option& repeat = options.option("--repeat", arguments.repeat, count<unsigned>(1, 1000),
                                  "Number of runs, each in new processes, to see what varies");
  repeat.default_value("3");
  Option& dry_run = add_dry_run_option(options, arguments.dry_run);
  options.option("--run", arguments.runs, run_id(), "Use this run of the store; measure nothing")
      .excludes = {&device, &timeout, &repeat, &dry_run};
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->file, named("BUNDLE", file()), "The bundle, FILE.assay").required =
      true;
  options.option("--margin", arguments->margin, share(), "Smaller differences count as equivalent")
      .default_value("3%");
  add_measuring_options(options, *arguments);
  options.flag("--wide", arguments->wide,
               "Show full problem texts and all differences of the environment");
  add_json_option(options, arguments->json);
  add_store_option(options, arguments->db, "write");
  options.footer(
      "Runs the bundle's measurements again, in their order and with their settings,\n"
      "and keeps the records in the store.\n"
      "Equivalent: the ratio of the medians lies within the margin (two one-sided tests\n"
      "at 5%); different: it lies outside; undecided: neither is shown, for example\n"
      "because intervals are wide. Intervals include the variation within measurements\n"
      "and, from two runs on, between runs. Only measurements with equal operands\n"
      "(by their hashes) are compared.\n"
      "\n"
      "Exit code 1: a measurement is not equivalent or failed here. 3: nothing could be\n"
      "compared.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {.name = "reproduce",
                   .summary = "Repeat the measurements of a bundle and compare",
                   .add = add,
                   .group = VerbGroup::trust,
                   .measures = true};

}  // namespace assay::cli::reproduce
