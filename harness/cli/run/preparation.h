// What a run is asked to do, and what it finds to do it with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/catalogue_options.h"
#include "harness/plan/plan.h"
#include "harness/plan/suite.h"
#include "harness/worker/device_worker.h"
#include "harness/worker/interrupt.h"

namespace assay::cli {

/// Of runs by several ranks.
struct RankOptions {
  std::uint32_t ranks = 0;         ///< to start here; 0: those of the launcher, or none
  std::uint32_t simultaneous = 0;  ///< that measure at once; 0: all
  std::string rendezvous, gather, silence;
  bool alone = false, unpinned = false;
};

struct RunOptions {
  RankOptions ranks;
  std::string suite, mode, target, budget, burn, timeout, db, resume;
  std::vector<std::string> problems, claims, implementations, divisions, devices;
  CatalogueChoice catalogue;
  unsigned threads = 0;
  bool tune = false;
  std::optional<std::uint32_t> seed;
  bool dry_run = false, json = false;
};

/// All that a run needs, found before anything is written.
struct Preparation {
  std::vector<harness::worker::ModuleReport> modules;
  std::vector<results::record::DeviceIdentity> devices;
  std::vector<harness::worker::DeviceWorker> workers;  ///< in the order of `devices`
};

/// Of the command line, in its words. Throw InputError naming the option.
harness::plan::MeasurementOptions measurement_options_of(const RunOptions& options);
/// `ranks` take part in what takes several.
std::vector<harness::plan::SuiteProblem> problems_of(const RunOptions& options,
                                                     std::uint32_t ranks = 1);
harness::worker::WorkerSettings worker_settings(const RunOptions& options, unsigned threads);
harness::plan::PlanOptions plan_options(const RunOptions& options);

/// `planned` are the devices that a resumed run's plan names.
Preparation prepare(const RunOptions& options, unsigned threads,
                    const harness::worker::Interrupt& interrupt,
                    const std::vector<std::string>& planned = {});

harness::plan::Plan plan_new(const RunOptions& options,
                             const std::vector<harness::plan::SuiteProblem>& problems,
                             Preparation& found);

/// Prints the plan as --dry-run does; the exit code.
int show_plan(const RunOptions& options, const Preparation& found, const harness::plan::Plan& plan);

/// Says why the plan is empty; the exit code.
int nothing_to_run(const Preparation& found, const harness::plan::Plan& plan);

}  // namespace assay::cli
