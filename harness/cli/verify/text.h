// What was found of bundles, as 80 columns of text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/bundle/verification.h"

namespace assay::cli {

struct VerifyStyle {
  bool colour = false;
  bool wide = false;  ///< all that breaks a rule, not the first few
};

std::string verification_text(const results::bundle::Verification& verification,
                              const VerifyStyle& style);
nlohmann::ordered_json to_json(const results::bundle::Verification& verification);

/// Every rule with what it asks, a line each.
std::string rules_text();

}  // namespace assay::cli
