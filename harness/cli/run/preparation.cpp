#include "harness/cli/run/preparation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "harness/cli/common.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/run/pretended.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "results/claims/catalogue.h"
#include "results/record/listing.h"

namespace assay::cli {

using harness::plan::Plan;
using results::record::DeviceIdentity;

harness::plan::Wishes wishes_of(const RunOptions& options) {
  harness::plan::Wishes wishes;
  if (!options.mode.empty()) {
    wishes.mode = results::record::require_named<results::record::Mode>(options.mode, "--mode");
  }
  if (!options.target.empty())
    wishes.target = harness::terminal::parse_share(options.target, "--target");
  if (!options.budget.empty()) {
    wishes.budget_seconds = harness::terminal::parse_duration(options.budget, "--budget");
  }
  if (!options.burn.empty())
    wishes.burn_seconds = harness::terminal::parse_duration(options.burn, "--burn");
  wishes.divisions =
      results::record::require_named<results::record::Division>(options.divisions, "--division");
  wishes.implementations = options.implementations;
  return wishes;
}

namespace {

/// What would decide the claims named, each problem once.
void add_problems_of_claims(const RunOptions& options,
                            std::vector<harness::plan::SuiteProblem>& problems) {
  if (options.claims.empty()) return;
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  for (const std::string& id : options.claims) {
    const results::claims::Claim& claim = find_claim(catalogue, id);
    if (!claim.test || claim.test->run.empty()) {
      throw InputError(fmt::format("--for-claim {}: no measurement of one device decides it", id),
                       !claim.untestable.empty() ? "it is untestable: " + claim.untestable
                       : claim.decide.empty()    ? "state a [claim.test] for it"
                                                 : "to decide it: " + claim.decide);
    }
    for (const std::string& text : claim.test->run) {
      const auto problem = kernels::Problem::parse(text);
      const bool known = std::any_of(problems.begin(), problems.end(), [&](const auto& other) {
        return other.problem.text() == problem.text();
      });
      if (!known) problems.push_back({problem, id, {}});
    }
  }
}

}  // namespace

std::vector<harness::plan::SuiteProblem> problems_of(const RunOptions& options,
                                                     std::uint32_t ranks) {
  std::vector<harness::plan::SuiteProblem> problems;
  if (!options.suite.empty()) problems = harness::plan::load_suite(options.suite, ranks).problems;
  for (const std::string& text : options.problems) {
    try {
      problems.push_back({kernels::Problem::parse(text), "", {}});
    } catch (const InputError& error) {
      throw InputError(fmt::format("--problem \"{}\": {}", text, error.what()), error.mend());
    }
  }
  add_problems_of_claims(options, problems);
  if (problems.empty()) {
    throw InputError(
        "nothing to run: no suite, no problem and no claim is named",
        "`assay run --suite quick`, or --problem \"matmul m=4096 n=4096 k=4096 a=f32\"");
  }
  return problems;
}

namespace {

/// Those of a run's planned devices that are still to be had, so that it goes on where it began.
std::vector<std::string> present_of(const std::vector<std::string>& planned,
                                    const std::vector<harness::worker::ModuleReport>& modules) {
  std::set<std::string> here;
  for (const harness::worker::ModuleReport& module : modules) {
    for (const results::record::DeviceIdentity& device : module.devices)
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
  out.wishes = wishes_of(options);
  out.order_seed = options.seed ? *options.seed : std::random_device()();
  out.host_memory_bytes = harness::environment::available_memory();
  out.threads = options.threads;
  return out;
}

Preparation prepare(const RunOptions& options, unsigned threads,
                    const harness::worker::Interrupt& interrupt,
                    const std::vector<std::string>& planned) {
  const harness::worker::WorkerSettings settings = worker_settings(options, threads);
  Preparation out;
  out.modules = harness::worker::probe_all(settings);
  const auto names = options.devices.empty() ? present_of(planned, out.modules) : options.devices;
  for (const FoundDevice& device :
       select_any_devices(out.modules, names, load_catalogue(options.catalogue))) {
    out.devices.push_back(device.identity);
    out.workers.emplace_back(settings, device.identity, device.module, &interrupt,
                             device.pretended);
  }
  return out;
}

int nothing_to_run(const Preparation& found, const harness::plan::Plan& plan) {
  if (found.devices.empty()) {
    std::string why = "no device was found";
    for (const harness::worker::ModuleReport& module : found.modules)
      why += "\n  " + module_line(module);
    print_error(why, "`assay devices --explain` says what was looked for");
  } else {
    print_error("nothing of this can run here\n" + skipped_text(plan),
                "`assay run --dry-run` shows the plan, `assay devices` the types supported");
  }
  return kNothingRan;
}

namespace {

/// A problem named on the command line that does not fit is the person's to change; a suite's is
/// skipped.
void require_memory_for_named_problems(const RunOptions& options, const harness::plan::Plan& plan) {
  if (!options.suite.empty()) return;
  for (const harness::plan::Skip& skip : plan.skipped) {
    if (!skip.for_memory) continue;
    throw InputError(fmt::format("--problem \"{}\": {} {}", skip.problem, skip.device, skip.reason),
                     "make it smaller");
  }
}

}  // namespace

harness::plan::Plan plan_new(const RunOptions& options,
                             const std::vector<harness::plan::SuiteProblem>& problems,
                             Preparation& found) {
  harness::plan::Plan plan =
      harness::plan::make_plan(problems, found.devices, plan_options(options),
                               [&](std::size_t device, const std::string& problem) {
                                 return found.workers[device].implementations(problem);
                               });
  require_memory_for_named_problems(options, plan);
  return plan;
}

int show_plan(const RunOptions& options, const Preparation& found,
              const harness::plan::Plan& plan) {
  if (options.json) {
    fmt::print("{}\n", to_json(plan, found.devices).dump(2));
  } else {
    fmt::print("{}", plan_text(plan, found.devices));
  }
  return plan.entries.empty() ? kNothingRan : kDone;
}

}  // namespace assay::cli
