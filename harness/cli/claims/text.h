// Claims, systems and verdicts as 80 columns of text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "results/claims/catalogue.h"
#include "results/claims/verdict.h"

namespace assay::cli::claims {

/// "300 PFLOP/s", "3.6×", "60%".
std::string figure_text(const results::claims::Property& property);
/// "SemiAnalysis …, 2025-04-16, https://…".
std::string source_text(const results::claims::Source& source);

/// One verdict: kind and id, statement, reason, evidence, and a mark if its source is unverified.
std::string verdict_text(const results::claims::Claim& claim,
                         const results::claims::Verdict& verdict, bool colour);
/// One claim with everything the catalogue says about it.
std::string claim_text(const results::claims::Claim& claim);
std::string system_text(const results::claims::System& system);

nlohmann::ordered_json to_json(const results::claims::Source& source);
nlohmann::ordered_json to_json(const results::claims::Claim& claim);
nlohmann::ordered_json to_json(const results::claims::System& system);
nlohmann::ordered_json to_json(const results::claims::Claim& claim,
                               const results::claims::Verdict& verdict);

}  // namespace assay::cli::claims
