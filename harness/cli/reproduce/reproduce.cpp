// assay reproduce BUNDLE: measures again here what a bundle measured, and holds the two together.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/progress.h"
#include "harness/cli/reproduce/rerun.h"
#include "harness/cli/reproduce/text.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/session.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb reproduce_verb;

namespace {

using harness::worker::DeviceWorker;
using results::bundle::Bundle;
using results::bundle::Obstacle;
using results::bundle::Reproduction;
using results::record::DeviceIdentity;
using results::record::Record;
using results::store::Store;

struct Options {
  std::string file, margin = "3%", timeout, db;
  std::vector<std::string> devices, runs;
  unsigned repeat = 3;
  bool dry_run = false, json = false, wide = false;
};

/// The devices and processes that a rerun takes.
struct Bench {
  std::vector<harness::worker::ModuleReport> modules;
  std::vector<Counterpart> counterparts;
  std::vector<results::record::DeviceIdentity> devices;
  std::vector<harness::worker::DeviceWorker> workers;  ///< in the order of `devices`
  const harness::worker::Interrupt* interrupt = nullptr;
};

unsigned threads_of(const results::bundle::Bundle& bundle) {
  const std::string& plan = bundle.contents.run.plan;
  return plan.empty() ? 0 : harness::plan::plan_from_json(plan, {}).threads;
}

Bench prepare(const Options& options, const results::bundle::Bundle& bundle,
              const harness::worker::Interrupt& interrupt) {
  harness::worker::WorkerSettings settings;
  settings.threads = threads_of(bundle);
  Bench bench;
  bench.interrupt = &interrupt;
  bench.modules = harness::worker::probe_all(settings);
  bench.counterparts = counterparts(bundle.contents.records, bench.modules, options.devices);
  for (const Counterpart& one : bench.counterparts) {
    if (!one.here) continue;
    const auto same = [&](const results::record::DeviceIdentity& other) {
      return results::record::device_key(other) == results::record::device_key(one.here->identity);
    };
    if (std::any_of(bench.devices.begin(), bench.devices.end(), same)) continue;
    bench.devices.push_back(one.here->identity);
    bench.workers.emplace_back(settings, one.here->identity, one.here->module, &interrupt);
  }
  return bench;
}

Rerun plan_of(const results::bundle::Bundle& bundle, Bench& bench) {
  harness::plan::PlanOptions options;
  options.host_memory_bytes = harness::environment::available_memory();
  options.threads = threads_of(bundle);
  std::map<std::pair<std::size_t, std::string>, std::vector<harness::measure::Offer>> known;
  const harness::plan::Asker ask = [&](std::size_t device, const std::string& problem) {
    const auto key = std::pair(device, problem);
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    return known.emplace(key, bench.workers[device].implementations(problem)).first->second;
  };
  return plan_rerun(bundle.contents.records, bench.counterparts, bench.devices, options, ask);
}

/// Measures the plan into the store as a run of its own, and gives the run's id.
std::string measure(const Options& options, const results::bundle::Bundle& bundle, Bench& bench,
                    const Rerun& rerun, results::store::Store& store,
                    std::vector<results::record::Record>& kept) {
  results::record::Run run;
  run.id = results::store::new_id();
  run.started = results::store::now_utc();
  run.suite = bundle.contents.run.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = plan_to_json(rerun.plan, bench.devices);
  run.environment = store.put_environment(
      harness::environment::environment_json(bench.modules, rerun.plan.threads));
  store.begin(run);
  if (const double load = harness::environment::load_average(); load > 0.5) {
    fmt::print(stderr, "note: load average {:.1f}: other work on this machine makes differences\n",
               load);
  }
  harness::worker::SessionOptions session{run.id, run.environment, {}};
  if (!options.timeout.empty()) {
    session.timeout_seconds = harness::terminal::parse_duration(options.timeout, "--timeout");
  }
  Progress progress(rerun.plan, isatty(STDERR_FILENO) != 0, stderr);
  const harness::worker::SessionObserver observer = {
      [&](std::size_t index, const harness::plan::PlanEntry& entry) {
        progress.begins(index, entry);
      },
      [&](const std::string& phase) { progress.phase(phase); },
      [&](std::size_t index, const harness::plan::PlanEntry& entry,
          const results::record::Record& record) {
        progress.ends(index, entry, record);
        bench.interrupt->check();
      }};
  const auto keep = [&](const results::record::Record& record) {
    store.put(record);
    kept.push_back(record);
  };
  harness::worker::carry_out(rerun.plan, bench.workers, session, keep, observer);
  progress.erase();
  store.end(run.id, results::store::now_utc());
  return run.id;
}

/// In the bundle's order, whatever order they were found in.
void sort_outcomes(const results::bundle::Bundle& bundle,
                   std::vector<results::bundle::Reproduction>& outcomes) {
  const results::record::Record* const first = bundle.contents.records.data();
  std::stable_sort(
      outcomes.begin(), outcomes.end(),
      [first](const results::bundle::Reproduction& a, const results::bundle::Reproduction& b) {
        return a.there - first < b.there - first;
      });
}

int tell(const Options& options, ReproductionReport report) {
  sort_outcomes(*report.bundle, report.outcomes);
  if (options.json) {
    fmt::print("{}\n", to_json(report).dump(2, ' ', false,
                                            nlohmann::ordered_json::error_handler_t::replace));
  } else {
    const ReproduceStyle style{options.wide ? 1000 : harness::terminal::terminal_width(),
                               harness::terminal::use_colour(), options.wide};
    fmt::print("{}", reproduction_text(report, style));
  }
  return exit_code(report);
}

std::vector<std::string> differences(const results::bundle::Bundle& bundle,
                                     const results::store::Store& store,
                                     const std::string& environment) {
  const auto there = bundle.contents.environments.find(bundle.contents.run.environment);
  if (there == bundle.contents.environments.end() || environment.empty()) return {};
  return results::bundle::environment_differences(there->second, store.environment(environment));
}

/// The record here that repeats one there, of the same device where there are several; end() where
/// there is none.
std::vector<results::record::Record>::iterator counterpart_of(
    const results::record::Record& there, std::vector<results::record::Record>& here) {
  const auto repeats = [&](const results::record::Record& record) {
    return record.problem == there.problem && record.settings.mode == there.settings.mode &&
           record.implementation.name == there.implementation.name;
  };
  const auto same_device =
      std::find_if(here.begin(), here.end(), [&](const results::record::Record& record) {
        return repeats(record) && results::record::device_key(record.device) ==
                                      results::record::device_key(there.device);
      });
  return same_device != here.end() ? same_device : std::find_if(here.begin(), here.end(), repeats);
}

/// Takes out of each run what repeats the record there.
std::vector<results::record::Record> take(const results::record::Record& there,
                                          std::vector<std::vector<results::record::Record>>& runs) {
  std::vector<results::record::Record> out;
  for (std::vector<results::record::Record>& run : runs) {
    const auto found = counterpart_of(there, run);
    if (found == run.end()) continue;
    out.push_back(std::move(*found));
    run.erase(found);
  }
  return out;
}

/// Holds runs of the store against the bundle: nothing is measured.
int compare_runs(const Options& options, const results::bundle::Bundle& bundle,
                 ReproductionReport report) {
  const results::store::Store store =
      open_store(store_address(options.db), results::store::Access::read);
  std::vector<std::vector<results::record::Record>> runs;
  for (const std::string& id : options.runs) {
    const results::record::Run run = find_run(store, id);
    runs.push_back(store.records({.run = run.id}));
    report.runs.push_back(run.id);
    report.environment = differences(bundle, store, run.environment);
  }
  report.store = store.name();
  for (const results::record::Record& there : bundle.contents.records) {
    results::bundle::Reproduction one = results::bundle::reproducible(there);
    if (std::vector<results::record::Record> here = take(there, runs); !here.empty()) {
      one = results::bundle::reproduction(there, std::move(here), report.margin);
    } else if (one.obstacle == Obstacle::none) {
      one.obstacle = Obstacle::not_run;
      one.reason = "no run named has it";
    }
    report.outcomes.push_back(std::move(one));
  }
  return tell(options, std::move(report));
}

int show_plan(const Options& options, const Bench& bench, const ReproductionReport& report,
              const Rerun& rerun) {
  if (options.json) {
    nlohmann::ordered_json json = to_json(report);
    json["plan"] = to_json(rerun.plan, bench.devices);
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", plan_text(rerun.plan, bench.devices));
    if (!report.outcomes.empty()) {
      fmt::print("\n{}", reproduction_text(report, {harness::terminal::terminal_width(),
                                                    harness::terminal::use_colour()}));
    }
  }
  return rerun.plan.entries.empty() ? kNothingRan : kDone;
}

int rerun_here(const Options& options, const results::bundle::Bundle& bundle,
               ReproductionReport report, const harness::worker::Interrupt& interrupt) {
  Bench bench = prepare(options, bundle, interrupt);
  const Rerun rerun = plan_of(bundle, bench);
  report.outcomes = rerun.impossible;
  if (options.dry_run) return show_plan(options, bench, report, rerun);
  if (rerun.plan.entries.empty()) return tell(options, std::move(report));
  results::store::Store store =
      open_store(store_address(options.db), results::store::Access::write);
  report.store = store.name();
  const std::size_t entries = rerun.plan.entries.size();
  std::vector<std::vector<results::record::Record>> here(entries);  // of each entry, one a run
  for (unsigned number = 1; number <= options.repeat; ++number) {
    if (options.repeat > 1) fmt::print(stderr, "run {} of {}\n", number, options.repeat);
    std::vector<results::record::Record> kept;
    try {
      report.runs.push_back(measure(options, bundle, bench, rerun, store, kept));
    } catch (const harness::worker::Interrupted& interrupted) {
      fmt::print(stderr, "\nstopped: run {}, {} of {} measurements of it are in {}\n", number,
                 kept.size(), entries, report.store);
      return 128 + interrupted.signal;
    }
    report.environment = differences(bundle, store, kept.front().environment);
    for (std::size_t i = 0; i < entries; ++i) here[i].push_back(std::move(kept[i]));
    // What varies from process to process shows in fresh ones alone.
    for (harness::worker::DeviceWorker& worker : bench.workers) worker.stop();
  }
  for (std::size_t i = 0; i < entries; ++i) {
    report.outcomes.push_back(
        results::bundle::reproduction(*rerun.measured[i], std::move(here[i]), report.margin));
  }
  return tell(options, std::move(report));
}

int run(const Options& options) {
  const harness::worker::Interrupt interrupt;
  ReproductionReport report;
  report.file = options.file;
  report.margin = harness::terminal::parse_share(options.margin, "--margin");
  const results::bundle::Bundle bundle = results::bundle::read_bundle_file(options.file);
  report.bundle = &bundle;
  try {
    return options.runs.empty() ? rerun_here(options, bundle, std::move(report), interrupt)
                                : compare_runs(options, bundle, std::move(report));
  } catch (const harness::worker::Interrupted& interrupted) {
    fmt::print(stderr, "\nstopped before the first measurement; nothing was stored\n");
    return 128 + interrupted.signal;
  }
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("bundle", options->file, "The bundle: FILE.assay")->required();
  app.add_option("--margin", options->margin, "Difference that does not matter: 3%")
      ->capture_default_str();
  auto* device =
      app.add_option("--device", options->devices,
                     "Run here (cpu:0) whatever ran elsewhere, or cuda:0=cuda:1 for one device of "
                     "the bundle; may be repeated")
          ->allow_extra_args(false);
  auto* timeout =
      app.add_option("--timeout", options->timeout, "Kill a measurement after this time: 30s");
  auto* repeat = app.add_option("--repeat", options->repeat,
                                "So many runs, each in fresh processes, to see what varies")
                     ->check(CLI::Range(1u, 1000u))
                     ->capture_default_str();
  auto* stored = app.add_option("--run", options->runs,
                                "Measure nothing; take this run of the store (id, prefix or "
                                "last); may be repeated")
                     ->allow_extra_args(false);
  complete_with(stored, run_ids);
  auto* dry_run = app.add_flag("--dry-run", options->dry_run, "Show what would run; run nothing");
  for (CLI::Option* other : {device, repeat, timeout, dry_run}) stored->excludes(other);
  app.add_flag("--wide", options->wide, "Full problem texts, all differences of the environment");
  app.add_flag("--json", options->json, "Print JSON");
  app.add_option("--db", options->db, "Store to write to");
  app.footer(
      "Runs what the bundle ran, with its settings and in its order, into the store.\n"
      "Equivalent: the ratio of the medians was shown to lie within the margin (two\n"
      "one-sided tests at 5%); different: shown to lie outside; undecided: neither, as\n"
      "where intervals are wide. They hold what varies within measurements and, from\n"
      "two runs on, between runs. Only work on operands of equal hashes is compared.\n"
      "\n"
      "Exit code 1: something is not equivalent, or went wrong here. 3: nothing could\n"
      "be compared.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb reproduce_verb = {"reproduce", "Measure again what a bundle measured, and compare", add};

}  // namespace assay::cli
