// The outcome of verification as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/bundle/verification.h"

namespace assay::cli::verify {

struct VerifyStyle {
  bool colour = false;
  bool wide = false;  ///< everything that breaks a rule, not only the first few
};

std::string verification_text(const results::bundle::Verification& verification,
                              const VerifyStyle& style);
nlohmann::ordered_json to_json(const results::bundle::Verification& verification);

/// All rules, one line each.
std::string rules_text();
/// The same: [{"id": "steady", "text": "…"}].
nlohmann::ordered_json rules_json();

}  // namespace assay::cli::verify
