// The summary of a run as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "results/record/record.h"

namespace assay::cli::run {

struct RunSummary {
  std::string run;
  std::string store;   ///< its name
  double seconds = 0;  ///< wall time of all measurements
  const harness::plan::Plan* plan = nullptr;
  std::vector<results::record::Record> records;  ///< measured by this process
};

/// Whether a measurement ended with a wrong result, a crash, a timeout, out of memory or an error.
bool failed(const results::record::Record& record);

/// Share of the measurements' wall time that was spent inside timed and warm-up launches.
double launch_share(const RunSummary& summary);

std::string summary_text(const RunSummary& summary);
nlohmann::ordered_json to_json(const RunSummary& summary);

/// 0 if everything succeeded, 1 if a measurement failed or its times cannot be true, 3 if nothing
/// was measured.
int exit_code(const RunSummary& summary);

}  // namespace assay::cli::run
