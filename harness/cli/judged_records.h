// Which records claims are judged from, alike for every verb that judges.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/claims/contest.h"
#include "results/claims/verdict.h"
#include "results/store/store.h"

namespace assay::cli {

/// The records judged, and where they come from in words.
struct JudgedRecords {
  std::vector<results::record::Record> records;
  std::size_t modelled = 0;  ///< of the records; they are listed and decide nothing
  std::string origin;        ///< "judged from 31 records of run 0d9c1a6e of 2026-11-25"
};

/// Those of these runs, in order of time; of all runs where none is named.
JudgedRecords judged_records(const results::store::Store& store,
                             std::span<const results::record::Run> runs);

/// Tables of the contests that answer one of the claims judged. They refer to the catalogue.
std::vector<results::claims::ContestTable> contests_answering(
    const results::claims::Catalogue& catalogue, std::span<const results::claims::Verdict> verdicts,
    const JudgedRecords& judged);

}  // namespace assay::cli
