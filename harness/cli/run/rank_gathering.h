// Rank 0's part of a run by several ranks: it starts them, collects their records and reports.
#pragma once

#include <string>

#include "harness/cli/run/preparation.h"
#include "harness/ranks/place.h"

namespace assay::cli::run {

/// The problems of one device, and the problems that need several ranks.
std::vector<harness::plan::SuiteProblem> problems_of_one(
    std::vector<harness::plan::SuiteProblem> problems);
std::vector<harness::plan::SuiteProblem> problems_of_many(
    std::vector<harness::plan::SuiteProblem> problems);

/// `place` is rank 0's. Rank 0 measures in a process of its own, as do all ranks if no launcher
/// started them. Returns the exit code.
int gather_ranks(const RunOptions& options, const harness::ranks::Place& place,
                 const std::string& rendezvous, const harness::worker::Interrupt& interrupt);

}  // namespace assay::cli::run
