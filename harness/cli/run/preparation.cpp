#include "harness/cli/run/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <set>

#include "harness/cli/common.h"
#include "harness/cli/run/claims.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/run/pretended.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "kernels/error.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::run {

using harness::plan::Plan;
using results::record::DeviceIdentity;

std::vector<harness::plan::SuiteProblem> problems_of(const RunOptions& options,
                                                     std::uint32_t ranks) {
  std::vector<harness::plan::SuiteProblem> problems;
  const std::string& suite = options.what.suite;
  if (!suite.empty()) problems = harness::plan::load_suite(suite, ranks).problems;
  for (const kernels::Problem& problem : options.what.problems) {
    problems.push_back({problem, "", {}});
  }
  add_problems_of_claims(options, problems);
  return problems;
}

namespace {

/// The planned devices that are present.
std::vector<std::string> present_of(const std::vector<std::string>& planned,
                                    const std::vector<harness::worker::ModuleReport>& modules) {
  std::set<std::string> here;
  for (const harness::worker::ModuleReport& module : modules) {
    for (const DeviceIdentity& device : module.devices)
      here.insert(results::record::device_key(device));
  }
  std::vector<std::string> out;
  for (const std::string& name : planned) {
    if (here.contains(name) || names_system(modules, name)) out.push_back(name);
  }
  return out;
}

}  // namespace

harness::worker::WorkerSettings worker_settings(const RunOptions& options, unsigned threads) {
  harness::worker::WorkerSettings settings;
  settings.threads = threads;
  settings.tune = options.tune;
  return settings;
}

harness::plan::PlanOptions plan_options(const RunOptions& options) {
  harness::plan::PlanOptions out;
  out.measurement = options.what.measurement;
  out.order_seed = options.seed ? *options.seed : std::random_device()();
  out.host_memory_bytes = harness::environment::available_memory();
  out.threads = options.what.threads;
  out.repeats = options.repeats;
  return out;
}

harness::worker::SessionOptions session_options(const RunOptions& options) {
  harness::worker::SessionOptions session;
  session.timeout_seconds = options.timeout_seconds;
  return session;
}

Preparation prepare(const RunOptions& options, unsigned threads,
                    const harness::worker::Interrupt& interrupt,
                    std::vector<harness::worker::ModuleReport> modules,
                    const std::vector<std::string>& planned) {
  const harness::worker::WorkerSettings settings = worker_settings(options, threads);
  Preparation out;
  out.modules = std::move(modules);
  const auto names =
      options.what.devices.empty() ? present_of(planned, out.modules) : options.what.devices;
  for (const FoundDevice& device :
       select_any_devices(out.modules, names, load_catalogue(options.catalogue))) {
    out.devices.push_back(device.identity);
    out.workers.emplace_back(settings, device.identity, device.module, &interrupt,
                             device.pretended);
  }
  return out;
}

int nothing_to_run(const Preparation& found, const Plan& plan) {
  if (found.devices.empty() && plan.skipped.empty()) {
    std::string why = "no device was found";
    for (const harness::worker::ModuleReport& module : found.modules)
      why += "\n  " + module_line(module);
    print_error(why, "`assay devices --explain` says what was looked for");
  } else {
    print_error("nothing can run here\n" + skipped_text(plan),
                "`assay run --dry-run` shows the plan, `assay devices` the supported types");
  }
  return kNothingRan;
}

namespace {

/// A problem of the command line that does not fit into memory is an error; one of a suite is
/// skipped.
void require_memory_for_named_problems(const RunOptions& options, const Plan& plan) {
  if (!options.what.suite.empty()) return;
  for (const harness::plan::Skip& skip : plan.skipped) {
    if (!skip.for_memory) continue;
    throw InputError(
        fmt::format("--problem \"{}\": {} {}", skip.problem.text(), skip.device, skip.reason),
        "make it smaller");
  }
}

}  // namespace

Plan plan_new(const RunOptions& options, const std::vector<harness::plan::SuiteProblem>& problems,
              Preparation& found) {
  Plan plan = harness::plan::make_plan(problems, found.devices, plan_options(options),
                                       [&](std::size_t device, const kernels::Problem& problem) {
                                         return found.workers[device].implementations(problem);
                                       });
  require_memory_for_named_problems(options, plan);
  return plan;
}

int show_plan(const RunOptions& options, const Preparation& found, const Plan& plan) {
  if (options.json) {
    fmt::print("{}\n", to_json(plan, found.devices).dump(2));
  } else {
    fmt::print("{}", plan_text(plan, found.devices));
  }
  return plan.entries.empty() ? kNothingRan : kDone;
}

}  // namespace assay::cli::run
