// The options of a run, and the devices and modules found for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/catalogue_options.h"
#include "harness/cli/measurement_options.h"
#include "harness/plan/plan.h"
#include "harness/plan/suite.h"
#include "harness/worker/device_worker.h"
#include "harness/worker/interrupt.h"
#include "harness/worker/session.h"
#include "results/store/database/address.h"

namespace assay::cli::run {

/// Options of a run by several ranks.
struct RankOptions {
  std::uint32_t ranks =
      0;  ///< to start on this host; 0: the launcher starts them, or one process runs
  std::uint32_t simultaneous = 0;  ///< ranks that measure at the same time; 0: all
  std::string rendezvous;          ///< empty: the store's folder
  double gather_seconds = 0;       ///< to wait until all ranks are ready
  double silence_seconds = 0;      ///< after which a rank that sends nothing counts as lost
  bool alone = false, unpinned = false;
};

struct RunOptions {
  RankOptions ranks;
  MeasurementChoice what;
  std::vector<std::string> claims;  ///< measure what decides them
  CatalogueChoice catalogue;
  std::optional<double> timeout_seconds;  ///< none: as long as the estimate allows
  std::optional<std::string> resume;      ///< the run to continue
  std::optional<results::store::StoreAddress> db;
  bool tune = false;
  std::optional<std::uint32_t> seed;
  std::uint32_t repeats = 1;
  bool dry_run = false, json = false;
};

/// What a run uses, found before anything is written.
struct Preparation {
  std::vector<harness::worker::ModuleReport> modules;
  std::vector<results::record::DeviceIdentity> devices;
  std::vector<harness::worker::DeviceWorker> workers;  ///< in the order of `devices`
};

/// The problems of --suite, --problem and --for-claim; collectives take part with `ranks` ranks.
/// Throws InputError that names the option.
std::vector<harness::plan::SuiteProblem> problems_of(const RunOptions& options,
                                                     std::uint32_t ranks = 1);
harness::worker::WorkerSettings worker_settings(const RunOptions& options, unsigned threads);
harness::plan::PlanOptions plan_options(const RunOptions& options);
/// The time limit of a measurement; the caller adds the run.
harness::worker::SessionOptions session_options(const RunOptions& options);

/// `planned` are the devices in the plan of a run that is resumed.
Preparation prepare(const RunOptions& options, unsigned threads,
                    const harness::worker::Interrupt& interrupt,
                    std::vector<harness::worker::ModuleReport> modules,
                    const std::vector<std::string>& planned = {});

harness::plan::Plan plan_new(const RunOptions& options,
                             const std::vector<harness::plan::SuiteProblem>& problems,
                             Preparation& found);

/// Prints the plan for --dry-run. Returns the exit code.
int show_plan(const RunOptions& options, const Preparation& found, const harness::plan::Plan& plan);

/// Prints why the plan is empty. Returns the exit code.
int nothing_to_run(const Preparation& found, const harness::plan::Plan& plan);

}  // namespace assay::cli::run
