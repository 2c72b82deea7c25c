// A run by several ranks: each measures one device, and rank 0 collects the records.
#pragma once

#include <optional>
#include <vector>

#include "harness/cli/run/preparation.h"
#include "harness/ranks/place.h"

namespace assay::cli::run {

/// Adds the options of the group "Ranks".
void add_rank_options(Options& options, RankOptions& ranks);

/// This process's place among the ranks of its launcher, or that of rank 0 if --ranks starts them.
/// None if it runs alone. Throws InputError if --ranks and the launcher contradict each other.
std::optional<harness::ranks::Place> place_of_run(const RankOptions& options);

/// Probes all modules, as the rank at `place` or for all ranks that it starts.
std::vector<harness::worker::ModuleReport> probe_modules(const RunOptions& options,
                                                         const harness::ranks::Place& place);

/// Runs as the rank at `place`. Returns the exit code.
int run_as_rank(const RunOptions& options, const harness::ranks::Place& place,
                const harness::worker::Interrupt& interrupt);

}  // namespace assay::cli::run
