// The summary of a run by several ranks as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/cli/run/summary.h"
#include "harness/ranks/coordinator.h"
#include "results/record/record.h"

namespace assay::cli::run {

struct RankSummary {
  std::string run, store;
  double seconds = 0;
  std::vector<harness::ranks::RankReport> ranks;
  std::vector<results::record::Record> records;  ///< of all ranks
  std::vector<harness::plan::Skip> skipped;      ///< of the problems that need all ranks
};

/// "rank 3 (node2, slot 1), cuda:1: 21 measured": its outcome.
std::string rank_line(const harness::ranks::RankReport& rank);

std::string summary_text(const RankSummary& summary);
nlohmann::ordered_json to_json(const RankSummary& summary);

/// 0 if everything succeeded, 1 if a measurement failed or a rank was lost, 3 if nothing was
/// measured.
int exit_code(const RankSummary& summary);

}  // namespace assay::cli::run
