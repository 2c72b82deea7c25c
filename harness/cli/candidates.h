// Names that options may take, for tab completion.
#pragma once

#include <string>
#include <vector>

namespace assay::cli {

using Names = std::vector<std::string>;

Names suite_names();
Names operation_names();
Names division_names();
Names mode_names();
Names set_ids();    ///< of claims
Names claim_ids();  ///< sets, then claims
Names system_ids();
Names status_names();
Names exporter_names();
Names importer_names();
/// Runs in the default store, newest first, as short as `assay show` prints them; empty where the
/// store cannot be read.
Names run_ids();

}  // namespace assay::cli
