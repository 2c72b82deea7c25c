// Which records a verb takes, as its options say it.
#pragma once

#include "results/store/store.h"

namespace CLI {
class App;
}

namespace assay::cli {

/// Adds --problem, --operation, --implementation, --division, --device, --status and --limit.
void add_filter_options(CLI::App& app, results::store::Filter& filter);

}  // namespace assay::cli
