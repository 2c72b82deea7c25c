// Runs that measure suspicious results again.
#pragma once

#include <string_view>

namespace assay::results::record {

/// Run::suite of a run that measures suspicious results again. Such a run is no night of a history
/// and not the last run.
inline constexpr std::string_view kConfirmationSuite = "confirmation";

}  // namespace assay::results::record
