// The published claims that a run's records speak to, as a bundle carries them.
#pragma once

#include <span>
#include <string>

#include "results/claims/catalogue.h"
#include "results/record/record.h"

namespace assay::results::bundle {

/// JSON: the catalogue's SHA-256, and of every claim whose test has verified records for all of its
/// problems, measured on the claim's system: statement, system, quantity, value as written, source,
/// test, and the records' ids.
std::string claims_used(const claims::Catalogue& catalogue,
                        std::span<const record::Record> records);

}  // namespace assay::results::bundle
