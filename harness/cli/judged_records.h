// Which records claims are judged from, alike for every verb that judges.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/store.h"

namespace assay::cli {

/// The records judged, and where they come from in words.
struct JudgedRecords {
  std::vector<results::Record> records;
  std::size_t modelled = 0;  ///< of the records; they are listed and decide nothing
  std::string origin;        ///< "judged from 31 records of run 0d9c1a6e of 2026-11-25"
};

/// Those of these runs, in order of time; of all runs where none is named.
JudgedRecords judged_records(const results::Store& store, std::span<const results::Run> runs);

}  // namespace assay::cli
