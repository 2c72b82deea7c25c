// Runs together with what belongs to them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/record/record.h"

namespace assay::results::record {

/// Runs with their records and environments, on the way out of a store or into one.
struct RecordSet {
  std::vector<Run> runs;
  std::vector<Record> records;                      ///< with samples, in order of time
  std::map<std::string, std::string> environments;  ///< canonical JSON by its SHA-256
  /// For an export: TOML of the suites that the runs name, by name, as they read today. A suite
  /// that no longer exists is absent. Imports do not keep it.
  std::map<std::string, std::string> suites;
};

/// Moves all of `from` to the end of `to`.
void append(RecordSet& to, RecordSet from);

}  // namespace assay::results::record
