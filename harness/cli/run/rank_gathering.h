// Rank 0's part of a run by many: their turns, their records, and what became of them.
#pragma once

#include <string>

#include "harness/cli/run/preparation.h"
#include "harness/ranks/place.h"

namespace assay::cli {

inline constexpr double kGatherSeconds = 120, kSilenceSeconds = 60;

/// Those that one device can do, and those that take several ranks.
std::vector<harness::plan::SuiteProblem> problems_of_one(
    std::vector<harness::plan::SuiteProblem> problems);
std::vector<harness::plan::SuiteProblem> problems_of_many(
    std::vector<harness::plan::SuiteProblem> problems);

/// `place` is rank 0's; it measures in a process of its own, as all ranks do where no launcher
/// started them. Returns the exit code.
int gather_ranks(const RunOptions& options, const harness::ranks::Place& place,
                 const std::string& rendezvous, const harness::worker::Interrupt& interrupt);

}  // namespace assay::cli
