// Sides of a comparison as people write them.
#pragma once

#include <string>

#include "results/claims/catalogue.h"
#include "results/store/store.h"

namespace assay::cli::compare {

/// The id of the published system that a side names ("H100 SXM" for h100-sxm), if it is no file, no
/// device and no run of the store; else the text. Throws InputError if several systems fit.
std::string side_with_id(const std::string& side, const results::claims::Catalogue& catalogue,
                         const results::store::StoreAddress& store);

}  // namespace assay::cli::compare
