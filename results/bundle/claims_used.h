// The published claims that a run's records are evidence for, as a bundle contains them.
#pragma once

#include <span>
#include <string>

#include "results/claims/catalogue.h"
#include "results/record/record.h"

namespace assay::results::bundle {

/// JSON with the catalogue's SHA-256 and all claims whose test has verified records for each of its
/// problems, measured on the claim's system. Each claim has its statement, system, quantity, value
/// as written, source, test, and the records' ids.
std::string claims_used(const claims::Catalogue& catalogue,
                        std::span<const record::Record> records);

}  // namespace assay::results::bundle
