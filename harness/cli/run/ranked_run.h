// A run by many ranks at once: one device each, gathered by one of them.
#pragma once

#include <optional>

#include "harness/cli/run/preparation.h"
#include "harness/ranks/place.h"

namespace CLI {
class App;
}

namespace assay::cli {

void add_rank_options(CLI::App& app, RankOptions& options);

/// This process's place among the ranks: its launcher's, or rank 0's of those that --ranks asks
/// for. None where it runs alone. Throws InputError where options and launcher disagree.
std::optional<harness::ranks::Place> place_of_run(const RankOptions& options);

/// Runs as the rank that it is. Returns the exit code.
int run_as_rank(const RunOptions& options, const harness::ranks::Place& place,
                const harness::worker::Interrupt& interrupt);

}  // namespace assay::cli
