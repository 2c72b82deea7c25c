// Systems by the names that people write: "H100 SXM", "CloudMatrix 384", "mi300x".
#pragma once

#include <string_view>

#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// The system with this id; else the only one whose id or name is this text without regard to case,
/// spaces and punctuation; else the only one whose id or name begins with these words; else the
/// only one whose id or name contains them. Null if there is none. Throws InputError that lists the
/// systems if there are several: "H100" may be h100-pcie or h100-sxm, and variants are judged
/// apart.
const System* system_as_written(const Catalogue& catalogue, std::string_view text);

/// The same; throws InputError with the nearest id if there is none.
const System& named_system(const Catalogue& catalogue, std::string_view text);

}  // namespace assay::results::claims
