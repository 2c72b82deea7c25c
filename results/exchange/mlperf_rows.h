// The rows of a summary of MLPerf Inference results.
#pragma once

#include <string>
#include <vector>

#include "results/exchange/format.h"

namespace assay::results::exchange {

/// One result: a model in a scenario on the accelerators of one submission.
struct MlperfRow {
  std::string place;  ///< for errors: "summary.json: [12]" or "summary.csv:14"
  std::string id;     ///< "5.1-0069"; empty in the CSV of the submission checker
  std::string submitter, availability, category, suite, platform, scenario;
  std::string model;       ///< of the benchmark
  std::string used_model;  ///< what was run; another one is possible in the open division
  std::string accelerator;
  double nodes = 0, accelerators_per_node = 0;  ///< 0 if none
  double result = 0;
  std::string result_text, units;  ///< as written
  std::string weight_types, software, notes;
  std::string details;  ///< address of the submission
  std::string version;  ///< of the benchmark: "v5.1"
};

/// Whether content that begins like this is such a summary.
bool is_mlperf_summary(std::string_view beginning);

/// Reads summary_results.json of a results repository, or the CSV that MLPerf's submission checker
/// writes. Throws InputError with the file and the place.
std::vector<MlperfRow> read_mlperf_rows(const ImportFile& file);

}  // namespace assay::results::exchange
