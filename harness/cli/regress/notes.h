// What `regress` says beside the changes of single series: changes of the machine, changes that are
// not certain yet, and what could not be judged.
#pragma once

#include <string>

#include "harness/cli/regress/text.h"
#include "results/record/json_library.h"
#include "results/regress/regress.h"

namespace assay::cli::regress {

/// Each change that nearly all series of a device have in common, with its series.
std::string together_text(const results::regress::Regressions& found, const RegressStyle& style);
/// Series that may have become worse, and how many more runs will tell.
std::string watching_text(const results::regress::Regressions& found, const RegressStyle& style);
/// What measuring a change again showed; null if it was not.
nlohmann::ordered_json confirmed_json(const results::regress::ReportedFinding& reported);

nlohmann::ordered_json together_json(const results::regress::Regressions& found);
nlohmann::ordered_json watching_json(const results::regress::Regressions& found);

}  // namespace assay::cli::regress
