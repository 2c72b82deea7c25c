// A case to project, as a table of TOML states it.
#pragma once

#include <toml++/toml.h>

#include "results/project/projection.h"

namespace assay::results::project {

/// In base units: seconds, B/s, token/s, FLOP/s or a ratio, as the case's `kind` has it. Throws
/// InputError where the catalogue lacks what it needs.
Projected project_case(const claims::Catalogue& catalogue, const toml::table& one,
                       std::uint64_t seed, int draws);

}  // namespace assay::results::project
