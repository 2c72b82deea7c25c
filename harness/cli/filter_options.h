// Options that choose records.
#pragma once

#include "harness/cli/options.h"
#include "results/store/store.h"

namespace assay::cli {

/// Adds --problem, --operation, --implementation, --division and --device.
void add_measurement_filters(Options& options, results::store::Filter& filter);
/// Adds those, --status and --limit.
void add_filter_options(Options& options, results::store::Filter& filter);

}  // namespace assay::cli
