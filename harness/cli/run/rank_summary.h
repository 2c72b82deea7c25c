// The summary of a run by many ranks, as text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/cli/run/summary.h"
#include "harness/ranks/coordinator.h"
#include "results/record/record.h"

namespace assay::cli {

struct RankSummary {
  std::string run, store;
  double seconds = 0;
  std::vector<harness::ranks::RankReport> ranks;
  std::vector<results::record::Record> records;  ///< of all ranks
  std::vector<harness::plan::Skip> skipped;      ///< of what takes all of them
};

/// "rank 3 (node2, slot 1), cuda:1: 21 measured": what became of it.
std::string rank_line(const harness::ranks::RankReport& rank);

std::string summary_text(const RankSummary& summary);
nlohmann::ordered_json to_json(const RankSummary& summary);

/// 0 where all is right, 1 where a measurement failed or a rank was lost, 3 where nothing was
/// measured.
int exit_code(const RankSummary& summary);

}  // namespace assay::cli
