// The records by which claims are judged.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/claims/contest.h"
#include "results/claims/digest.h"
#include "results/claims/verdict.h"
#include "results/store/store.h"

namespace assay::cli {

struct JudgedRecords {
  std::vector<results::record::Record> records;
  results::claims::Basis basis;
};

/// The records of these runs in order of time, or of all runs if `runs` is empty.
JudgedRecords judged_records(const results::store::Store& store,
                             std::span<const results::record::Run> runs);

/// Whether there is a run, without reading all of them.
bool has_runs(const results::store::Store& store);

/// The best evidence of one machine: of each device, problem, implementation and mode the newest
/// verified record without doubts, or else the newest verified one. A run that was interrupted,
/// made on a busy machine or of a data sheet hides nothing.
JudgedRecords best_records(const results::store::Store& store, const std::string& host);

/// Tables of the comparisons that answer one of the claims. They refer to the catalogue.
std::vector<results::claims::ContestTable> contests_answering(
    const results::claims::Catalogue& catalogue, std::span<const results::claims::Verdict> verdicts,
    results::claims::Judge& judge);

}  // namespace assay::cli
