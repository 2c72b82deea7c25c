// assay run: measures a suite or single problems, verified, into the store.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/progress.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/run/preparation.h"
#include "harness/cli/run/ranked_run.h"
#include "harness/cli/run/summary.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "harness/worker/session.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb run_verb;

namespace {

using harness::plan::Plan;
using results::store::Store;

/// Carries the plan out into the store, and says how it went.
int carry_out(const RunOptions& options, Preparation& found, const harness::plan::Plan& plan,
              results::store::Store& store, harness::worker::SessionOptions session,
              const harness::worker::Interrupt& interrupt) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  Progress progress(plan, terminal, options.json ? stderr : stdout);
  const harness::worker::SessionObserver observer = {
      [&](std::size_t index, const harness::plan::PlanEntry& entry) {
        progress.begins(index, entry);
      },
      [&](const std::string& phase) { progress.phase(phase); },
      [&](std::size_t index, const harness::plan::PlanEntry& entry,
          const results::record::Record& record) {
        progress.ends(index, entry, record);
        interrupt.check();
      }};
  RunSummary summary{session.run, store.name(), 0, &plan, {}};
  const auto keep = [&](const results::record::Record& record) {
    store.put(record);
    summary.records.push_back(record);
  };
  try {
    harness::worker::carry_out(plan, found.workers, session, keep, observer);
  } catch (const harness::worker::Interrupted& interrupted) {
    progress.erase();
    const std::string db = options.db.empty() ? "" : fmt::format(" --db '{}'", store.name());
    fmt::print(stderr,
               "\nstopped: {} of {} measurements are in {}\nto go on: assay run --resume {}{}\n",
               summary.records.size(), plan.entries.size(), store.name(), session.run, db);
    return 128 + interrupted.signal;
  }
  progress.erase();
  store.end(session.run, results::store::now_utc());
  summary.seconds = progress.elapsed();
  if (options.json) {
    fmt::print("{}\n", to_json(summary).dump(2, ' ', false,
                                             nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", summary_text(summary));
  }
  return exit_code(summary);
}

harness::worker::SessionOptions session_options(const RunOptions& options) {
  harness::worker::SessionOptions session;
  if (!options.timeout.empty()) {
    session.timeout_seconds = harness::terminal::parse_duration(options.timeout, "--timeout");
  }
  return session;
}

int run_new(const RunOptions& options, const harness::worker::Interrupt& interrupt) {
  harness::worker::SessionOptions session = session_options(options);
  wishes_of(options);
  const auto problems = problems_of(options);
  Preparation found = prepare(options, options.threads, interrupt);
  const harness::plan::Plan plan = plan_new(options, problems, found);
  if (options.dry_run) return show_plan(options, found, plan);
  if (plan.entries.empty()) return nothing_to_run(found, plan);
  interrupt.check();
  results::store::Store store =
      open_store(store_address(options.db), results::store::Access::write);
  results::record::Run run;
  run.id = session.run = results::store::new_id();
  run.started = results::store::now_utc();
  run.suite = options.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = plan_to_json(plan, found.devices);
  run.environment = session.environment =
      store.put_environment(harness::environment::environment_json(found.modules, options.threads));
  store.begin(run);
  if (const double load = harness::environment::load_average(); load > 0.5) {
    fmt::print(stderr, "note: load average {:.1f}: other work on this machine widens intervals\n",
               load);
  }
  return carry_out(options, found, plan, store, session, interrupt);
}

int resume(const RunOptions& options, const harness::worker::Interrupt& interrupt) {
  harness::worker::SessionOptions session = session_options(options);
  const results::store::StoreAddress address = store_address(options.db);
  if (address.is_missing()) {
    throw InputError(fmt::format("--resume: there is no store {}", address.text()),
                     "name the one that the run was kept in with --db");
  }
  const std::string wanted =
      options.resume.empty() || options.resume == "true" ? "last" : options.resume;
  results::record::Run run;
  std::vector<results::record::Record> done;
  {
    const results::store::Store store = open_store(address, results::store::Access::read);
    run = find_run(store, wanted);
    results::store::Filter filter;
    filter.run = run.id;
    done = store.records(filter);
  }
  if (std::any_of(done.begin(), done.end(), [](const results::record::Record& record) {
        return record.origin == results::record::Origin::imported;
      })) {
    throw InputError(fmt::format("--resume {}: that run was imported, so it is not one to go on "
                                 "with here",
                                 run.id.substr(0, 8)),
                     "name a run of this machine; `assay show --runs` lists them");
  }
  if (std::any_of(done.begin(), done.end(), [](const results::record::Record& record) {
        return record.device.properties.contains("rank");
      })) {
    throw InputError(
        fmt::format("--resume {}: that run was one of several ranks", run.id.substr(0, 8)),
        "start it anew under its launcher; what it measured stays");
  }
  const unsigned threads = harness::plan::plan_from_json(run.plan, {}).threads;
  Preparation found =
      prepare(options, threads, interrupt, harness::plan::planned_devices(run.plan));
  const harness::plan::Plan plan = harness::worker::remaining(
      harness::plan::plan_from_json(run.plan, found.devices), found.devices, done);
  if (options.dry_run) return show_plan(options, found, plan);
  if (plan.entries.empty() && plan.skipped.empty()) {
    fmt::print("run {} is complete: {} measurements\n", run.id.substr(0, 8), done.size());
    return kDone;
  }
  if (plan.entries.empty()) return nothing_to_run(found, plan);
  results::store::Store store = open_store(address, results::store::Access::write);
  session.run = run.id;
  session.environment =
      store.put_environment(harness::environment::environment_json(found.modules, threads));
  if (session.environment != run.environment) {
    fmt::print(stderr,
               "note: the environment has changed since the run began; each record names "
               "its own\n");
  }
  return carry_out(options, found, plan, store, session, interrupt);
}

void add_options(CLI::App& app, RunOptions& options) {
  const auto what = [&](const std::string& name, auto& value, const std::string& help) {
    return app.add_option(name, value, help)->group("What to measure");
  };
  const auto how = [&](const std::string& name, auto& value, const std::string& help) {
    return app.add_option(name, value, help)->group("How");
  };
  auto* suite = what("--suite", options.suite, "A suite (`assay suites`) or a TOML file");
  auto* problem = what("--problem", options.problems, "One problem; may be repeated");
  auto* claim = what("--for-claim", options.claims,
                     "What would decide this claim (`assay claims`); may be repeated");
  auto* implementation =
      what("--implementation", options.implementations, "Only this one; may be repeated");
  auto* division =
      what("--division", options.divisions,
           "library, native, portable, reference or modelled (default: all but reference)");
  what("--device", options.devices,
       "Only this device, such as cpu:0; may be repeated. datasheet:SYSTEM is a published "
       "system's roofline: modelled, nothing runs")
      ->allow_extra_args(false);
  auto* resumed = what("--resume", options.resume, "Go on with an interrupted run (default last)");
  auto* mode = how("--mode", options.mode, "cold: caches overwritten before a launch; or hot");
  auto* target = how("--target", options.target, "Interval of the median to reach: 1%");
  auto* budget = how("--budget", options.budget, "Longest time for a measurement: 500ms, 2s, 1m");
  auto* burn =
      how("--burn", options.burn, "Then repeat each problem this long, second by second: 60s");
  how("--timeout", options.timeout, "Kill a measurement after this time: 30s");
  auto* threads = how("--threads", options.threads, "Host threads a CPU may use (default: all)");
  app.add_flag("--tune", options.tune,
               "Let portable kernels try their tile sizes first; kept for later runs")
      ->group("How");
  auto* seed = how("--seed", options.seed, "Seed of the order and of the check's samples");
  how("--db", options.db, "Store to write to");
  complete_with(suite, suite_names);
  complete_with(problem, operation_names);
  complete_with(claim, claim_ids);
  complete_with(division, division_names);
  complete_with(mode, mode_names);
  complete_with(resumed, run_ids);
  for (CLI::Option* many : {problem, claim, implementation, division})
    many->allow_extra_args(false);
  resumed->expected(0, 1);
  for (CLI::Option* other : {suite, problem, claim, implementation, division, mode, target, budget,
                             burn, threads, seed}) {
    resumed->excludes(other);
  }
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<RunOptions>();
  add_options(app, *options);
  add_catalogue_options(app, options->catalogue);
  add_rank_options(app, options->ranks);
  app.add_flag("--dry-run", options->dry_run, "Show the plan, its time and memory; run nothing")
      ->group("Output");
  app.add_flag("--json", options->json, "Print JSON")->group("Output");
  app.footer(
      "Examples:\n"
      "  assay run --suite quick\n"
      "  assay run --problem \"matmul m=4096 n=4096 k=4096 a=bf16\" --target 0.5%\n"
      "  assay run --suite llm --dry-run\n"
      "  assay run --suite quick --device datasheet:h200-sxm\n"
      "  assay run --for-claim amd-zen5-bf16-f32\n"
      "  assay run --resume\n"
      "  assay run --suite standard --ranks 8\n"
      "  mpirun -n 384 --enable-recovery assay run --suite cloudmatrix384\n"
      "\n"
      "Exit code 1: a result was wrong, or a measurement crashed or hung. 3: nothing\n"
      "could run. Ctrl-C keeps all that was measured.\n"
      "\n"
      "Under mpirun, srun and their like each rank measures one device of its host, on\n"
      "cores near it, and rank 0 keeps the records of all. A rank that dies or hangs is\n"
      "named, and the others finish, where the launcher lets them: mpirun of Open MPI\n"
      "does with --enable-recovery, srun by itself.");
  const CLI::Option* resumed = app.get_option("--resume");
  return [options, resumed] {
    const harness::worker::Interrupt interrupt;
    try {
      if (resumed->count() > 0) return resume(*options, interrupt);
      const auto place = place_of_run(options->ranks);
      if (place) return run_as_rank(*options, *place, interrupt);
      return run_new(*options, interrupt);
    } catch (const harness::worker::Interrupted& interrupted) {
      fmt::print(stderr, "\nstopped before the first measurement; nothing was stored\n");
      return 128 + interrupted.signal;
    }
  };
}

}  // namespace

const Verb run_verb = {"run", "Measure a suite or single problems, verified", add};

}  // namespace assay::cli
