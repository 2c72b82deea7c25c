// assay run: measures the problems of a suite, single problems or those of claims.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/progress.h"
#include "harness/cli/run/claims.h"
#include "harness/cli/run/continuation.h"
#include "harness/cli/run/environment_notes.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/run/preparation.h"
#include "harness/cli/run/ranked_run.h"
#include "harness/cli/run/summary.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/standard_streams.h"
#include "harness/terminal/telling.h"
#include "harness/worker/session.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::run {
extern const Verb verb;

namespace {

using harness::plan::Plan;
using results::store::Store;

/// Measures the plan and keeps the records in the store and in the summary. Returns the exit code
/// if the user stopped it.
std::optional<int> measure(const RunOptions& options, Preparation& found, Store& store,
                           const harness::worker::SessionOptions& session,
                           const harness::worker::Interrupt& interrupt, RunSummary& summary) {
  const Plan& plan = *summary.plan;
  Progress progress(plan, options.json ? stderr : stdout);
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
  const auto keep = [&](const results::record::Record& record) {
    store.put(record);
    summary.records.push_back(record);
  };
  try {
    harness::worker::carry_out(plan, found.workers, session, keep, observer);
  } catch (const harness::worker::Interrupted& interrupted) {
    progress.erase();
    const std::string db = options.db ? fmt::format(" --db '{}'", store.name()) : "";
    fmt::print(stderr,
               "\nstopped: {} of {} measurements are in {}\nto continue: assay run --resume {}{}\n",
               summary.records.size(), plan.entries.size(), store.name(), session.run, db);
    return 128 + interrupted.signal;
  }
  progress.erase();
  store.end(session.run, results::store::now_utc());
  summary.seconds = progress.elapsed();
  return std::nullopt;
}

/// Begins a run in the store, with the environment of this moment.
void begin(const RunOptions& options, const Preparation& found, const Plan& plan, Store& store,
           harness::worker::SessionOptions& session) {
  results::record::Run run;
  run.id = session.run = results::store::new_id();
  run.started = results::store::now_utc();
  run.suite = options.what.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = plan_to_json(plan, found.devices);
  run.environment = session.environment =
      store.put_environment(harness::environment::environment_json(
          found.modules, options.what.threads, conformance_in(store)));
  store.begin(run);
}

/// Measures undecided claims once more, as a run of its own, where that is worth it: the second
/// summary and the verdicts by both. `judged` is replaced.
std::optional<int> measure_again(const RunOptions& options, Preparation& found, Store& store,
                                 harness::worker::SessionOptions session,
                                 const harness::worker::Interrupt& interrupt,
                                 const RunSummary& first, Plan& plan, RunSummary& second,
                                 ClaimVerdicts& judged) {
  const auto more = continuation(options, judged, first.records);
  if (!more) return std::nullopt;
  plan = plan_new(options, more->problems, found);
  if (plan.entries.empty()) return std::nullopt;
  std::fflush(stdout);
  harness::terminal::remark(
      fmt::format("\n{} not decided yet: measuring {} once more, for {:.0f} s at most, which would "
                  "probably decide\n",
                  fmt::join(more->claims, ", "),
                  results::page::counted(plan.entries.size(), "problem"), more->seconds));
  begin(options, found, plan, store, session);
  second = {session.run, store.name(), 0, &plan, {}};
  if (const auto stopped = measure(options, found, store, session, interrupt, second)) {
    return stopped;
  }
  std::vector<results::record::Record> all = first.records;
  all.insert(all.end(), second.records.begin(), second.records.end());
  judged = judge_claims(options, all);
  return std::nullopt;
}

/// Measures the plan, keeps the records in the store and prints a summary.
int carry_out(const RunOptions& options, Preparation& found, const Plan& plan, Store& store,
              const harness::worker::SessionOptions& session,
              const harness::worker::Interrupt& interrupt) {
  if (!options.json) harness::terminal::output_is_kept_elsewhere();
  RunSummary summary{session.run, store.name(), 0, &plan, {}};
  if (const auto stopped = measure(options, found, store, session, interrupt, summary)) {
    return *stopped;
  }
  if (!options.json) fmt::print("{}", summary_text(summary));
  ClaimVerdicts judged = judge_claims(options, summary.records);
  Plan plan_again;
  RunSummary again;
  if (const auto stopped = measure_again(options, found, store, session, interrupt, summary,
                                         plan_again, again, judged)) {
    return *stopped;
  }
  const bool measured_again = !again.run.empty();
  if (options.json) {
    nlohmann::ordered_json out = to_json(summary);
    if (measured_again) out["again"] = to_json(again);
    if (!judged.verdicts.empty()) out["verdicts"] = to_json(judged);
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}{}", measured_again ? summary_text(again) : "", text_of(judged));
  }
  const int code =
      measured_again ? std::max(exit_code(summary), exit_code(again)) : exit_code(summary);
  return code == kDone && any_refuted(judged) ? kFinding : code;
}

int run_new(const RunOptions& options, const harness::worker::Interrupt& interrupt) {
  harness::worker::SessionOptions session = session_options(options);
  const auto problems = problems_of(options);
  const harness::worker::WorkerSettings settings = worker_settings(options, options.what.threads);
  Preparation found =
      prepare(options, options.what.threads, interrupt, modules_of(settings, options.what.devices));
  require_devices_of_claims(options, found.devices);
  const Plan plan = plan_new(options, problems, found);
  if (options.dry_run) return show_plan(options, found, plan);
  if (plan.entries.empty()) return nothing_to_run(found, plan);
  interrupt.check();
  Store store = open_store(store_address(options.db), results::store::Access::write);
  begin(options, found, plan, store, session);
  print_environment_notes(found.devices);
  if (const double load = harness::environment::load_average(); load > 0.5) {
    harness::terminal::note(
        fmt::format("load average {:.1f}: other work on this machine makes intervals wider", load));
  }
  return carry_out(options, found, plan, store, session, interrupt);
}

/// A run that was begun, and what it has measured.
struct BegunRun {
  results::record::Run run;
  std::vector<results::record::Record> done;
  std::set<std::string> modules;  ///< that its environment names
};

BegunRun begun_run(const results::store::StoreAddress& address, const std::string& id) {
  if (address.is_missing()) {
    throw InputError(fmt::format("--resume: store {} does not exist", address.text()),
                     "name the store of that run with --db");
  }
  const Store store = open_store(address, results::store::Access::read);
  BegunRun out;
  out.run = find_run(store, id);
  out.modules = harness::environment::modules_in(store.environment(out.run.environment));
  results::store::Filter filter;
  filter.run = out.run.id;
  out.done = store.records(filter);
  return out;
}

void require_resumable(const BegunRun& begun) {
  const std::string id = begun.run.id.substr(0, 8);
  for (const results::record::Record& record : begun.done) {
    if (record.origin == results::record::Origin::imported) {
      throw InputError(
          fmt::format("--resume {}: the run was imported and cannot be continued here", id),
          "name a run of this machine; `assay show --runs` lists the runs");
    }
    if (record.device.properties.contains("rank")) {
      throw InputError(
          fmt::format("--resume {}: the run had several ranks and cannot be continued", id),
          "start it again under its launcher; its records stay");
    }
  }
}

int resume(const RunOptions& options, const harness::worker::Interrupt& interrupt) {
  harness::worker::SessionOptions session = session_options(options);
  const results::store::StoreAddress address = store_address(options.db);
  const BegunRun begun = begun_run(address, *options.resume);
  require_resumable(begun);
  const auto& [run, done, modules] = begun;
  const unsigned threads = harness::plan::plan_from_json(run.plan, {}).threads;
  // The same modules as at the start: the environment names them.
  const harness::worker::WorkerSettings settings = worker_settings(options, threads);
  Preparation found = prepare(options, threads, interrupt,
                              modules.empty() ? harness::worker::probe_all(settings)
                                              : harness::worker::probe_named(settings, modules),
                              harness::plan::planned_devices(run.plan));
  const Plan plan = harness::worker::remaining(
      harness::plan::plan_from_json(run.plan, found.devices), found.devices, done);
  if (options.dry_run) return show_plan(options, found, plan);
  if (plan.entries.empty() && plan.skipped.empty()) {
    fmt::print("run {} is complete: {}\n", run.id.substr(0, 8),
               results::page::counted(done.size(), "measurement"));
    return kDone;
  }
  if (plan.entries.empty()) return nothing_to_run(found, plan);
  Store store = open_store(address, results::store::Access::write);
  session.run = run.id;
  session.environment = store.put_environment(
      harness::environment::environment_json(found.modules, threads, conformance_in(store)));
  if (session.environment != run.environment) {
    harness::terminal::note(
        "the environment has changed since the run began; each record names its own environment");
  }
  return carry_out(options, found, plan, store, session, interrupt);
}

/// A run's id, or the last run where the value is left out.
Kind<std::string> resumed_run() {
  Kind<std::string> out = run_id();
  out.read = [](const std::string& text, const std::string&) {
    return text.empty() ? std::string("last") : text;
  };
  return out;
}

/// It measures everything that a first look needs, in half a minute.
constexpr const char* kDefaultSuite = "quick";

/// What a resumed run takes from its plan, so that --resume excludes it.
std::vector<const Option*> add_what_options(Options& options, RunOptions& out) {
  options.group("What to measure");
  const std::vector<Option*> what = add_what_to_measure(options, out.what);
  std::vector<const Option*> planned(what.begin(), what.end());
  Option& suite = options.argument(out.what.suite, suite_name(), "The same as --suite");
  suite.default_rule = fmt::format("{}, where no problem and no claim is named", kDefaultSuite);
  suite.excludes = {what.front()};
  planned.push_back(&suite);
  planned.push_back(
      &options.option("--for-claim", out.claims, text("CLAIM", claim_ids),
                      "What decides this claim (see `assay claims`), in the mode of its "
                      "test; measures undecided claims once more, for a minute at "
                      "most, if that would probably decide them"));
  add_catalogue_options(options, out.catalogue);
  return planned;
}

std::vector<const Option*> add_how_options(Options& options, RunOptions& out) {
  options.group("How to measure");
  const std::vector<Option*> how = add_how_to_measure(options, out.what);
  std::vector<const Option*> planned(how.begin(), how.end());
  harness::plan::MeasurementOptions& measurement = out.what.measurement;
  Option& target = options.option("--target", measurement.target, share(),
                                  "Stop when the median's confidence interval is this narrow");
  target.default_rule = "as the suite says, else 1%";
  Option& budget = options.option("--budget", measurement.budget_seconds, duration(),
                                  "Longest time for one measurement, e.g. 500ms or 1m");
  budget.default_rule = "as the suite says, 4s for claims, else 2s";
  planned.insert(planned.end(), {&target, &budget});
  planned.push_back(
      &options.option("--burn", measurement.burn_seconds, duration(),
                      "After the samples repeat each problem for this time, record every "
                      "second and measure the energy, e.g. 10s"));
  planned.push_back(&options.option(
      "--repeat", out.repeats, count<std::uint32_t>(1, 1000),
      "Measure everything this many times, each time in new processes and in another order; "
      "compare needs 3 to tell a difference"));
  add_timeout_option(options, out.timeout_seconds);
  options.flag("--tune", out.tune,
               "Let portable kernels try tile sizes first; later runs use the best");
  Option& seed_option = options.option("--seed", out.seed, seed<std::uint32_t>(),
                                       "Seed of the order of measurements");
  seed_option.default_rule = "random";
  planned.push_back(&seed_option);
  return planned;
}

void add_options(Options& options, RunOptions& out) {
  std::vector<const Option*> planned = add_what_options(options, out);
  const auto how = add_how_options(options, out);
  planned.insert(planned.end(), how.begin(), how.end());
  options.group("What to measure");
  Option& resume_option = options.option("--resume", out.resume, resumed_run(),
                                         "Continue an interrupted run as it was planned");
  resume_option.value_optional = true;
  resume_option.default_text = "last";
  resume_option.excludes = planned;
  add_rank_options(options, out.ranks);
  options.group("Output");
  add_store_option(options, out.db, "write");
  add_dry_run_option(options, out.dry_run);
  add_json_option(options, out.json);
}

std::function<int()> add(Options& options) {
  const auto chosen = std::make_shared<RunOptions>();
  add_options(options, *chosen);
  options.footer(
      "Examples:\n"
      "  assay run quick\n"
      "  assay run --problem \"matmul m=4096 n=4096 k=4096 a=bf16\" --target 0.5%\n"
      "  assay run llm --dry-run\n"
      "  assay run --suite quick --device datasheet:h200-sxm\n"
      "  assay run --for-claim amd-zen5-bf16-f32\n"
      "  assay run --resume\n"
      "  assay run --suite standard --ranks 8\n"
      "  mpirun -n 384 --enable-recovery assay run --suite cloudmatrix384\n"
      "\n"
      "The device datasheet:SYSTEM models a published system from its figures; nothing\n"
      "runs.\n"
      "\n"
      "Exit code 1: a result was wrong, a measurement crashed or hung, or the claim of\n"
      "--for-claim is refuted. 3: nothing could run. After Ctrl-C, finished\n"
      "measurements stay in the store.\n"
      "\n"
      "Under mpirun, srun or a similar launcher each rank measures one device of its\n"
      "host, pinned to cores near it, and rank 0 keeps all records. A rank that dies or\n"
      "hangs is reported and the others continue, if the launcher allows it: Open MPI's\n"
      "mpirun needs --enable-recovery, srun needs nothing.");
  return [chosen] {
    const harness::worker::Interrupt interrupt;
    try {
      if (chosen->resume) return resume(*chosen, interrupt);
      if (chosen->what.suite.empty() && chosen->what.problems.empty() && chosen->claims.empty()) {
        chosen->what.suite = kDefaultSuite;
      }
      const auto place = place_of_run(chosen->ranks);
      if (place && chosen->repeats > 1) {
        throw InputError("--repeat: processes of several ranks cannot be started anew",
                         "start the run under its launcher several times");
      }
      if (place) return run_as_rank(*chosen, *place, interrupt);
      return run_new(*chosen, interrupt);
    } catch (const harness::worker::Interrupted& interrupted) {
      fmt::print(stderr, "\nstopped before the first measurement; nothing was stored\n");
      return 128 + interrupted.signal;
    }
  };
}

}  // namespace

const Verb verb = {.name = "run",
                   .summary = "Measure and verify a suite or single problems",
                   .add = add,
                   .group = VerbGroup::measure,
                   .measures = true};

}  // namespace assay::cli::run
