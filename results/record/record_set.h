// Runs together with their records and environments.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/record/record.h"

namespace assay::results::record {

/// The data that exports write and imports read.
struct RecordSet {
  std::vector<Run> runs;
  std::vector<Record> records;                      ///< with samples, in order of time
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  /// Only for exports: current TOML text of the suites that the runs name, by name. A suite that no
  /// longer exists is absent. Imports do not keep these texts.
  std::map<std::string, std::string> suites;
};

/// Moves all of `from` to the end of `to`.
void append(RecordSet& to, RecordSet from);

}  // namespace assay::results::record
