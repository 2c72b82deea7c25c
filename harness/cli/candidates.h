// Names for tab completion of options.
#pragma once

#include <string>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::cli {

using Names = std::vector<std::string>;

Names suite_names();
Names operation_names();
Names set_ids();  ///< sets of claims
/// The ids of sets, then of claims.
Names set_and_claim_ids(const results::claims::Catalogue& catalogue);
Names claim_ids();  ///< sets, then claims
Names system_ids();
Names exporter_names();
Names importer_names();
/// Short ids of the runs in the default store, newest first; empty if the store cannot be read.
Names run_ids();

}  // namespace assay::cli
