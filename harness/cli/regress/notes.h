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
/// What was not judged or not fully, as clauses: "; in 2 series with fewer than 24 runs only large
/// changes can be told".
/// "measured again in 5 processes (run 0d9c1a6e): 1.2 ms; 3 quiet series did not move"; empty if it
/// was not.
std::string confirmed_text(const results::regress::Series& series,
                           const results::regress::ReportedFinding& reported);
/// The same in JSON; null if it was not.
nlohmann::ordered_json confirmed_json(const results::regress::ReportedFinding& reported);
std::string limits_text(const results::regress::Regressions& found);

nlohmann::ordered_json together_json(const results::regress::Regressions& found);
nlohmann::ordered_json watching_json(const results::regress::Regressions& found);

}  // namespace assay::cli::regress
