// Checks a bundle without running anything.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/bundle/bundle.h"
#include "results/bundle/rules.h"
#include "results/bundle/signature.h"

namespace assay::results::bundle {

enum class RuleState {
  kept,
  broken,
  waived,         ///< broken, but the user waived the rule
  not_applicable  ///< the rule covers none of the records
};
std::string_view name(RuleState state);

struct RuleOutcome {
  const BundleRule* rule = nullptr;
  RuleResult result;
  RuleState state = RuleState::kept;
};

struct VerificationOptions {
  Signers signers;
  std::vector<std::string> waived;  ///< ids of rules
};

struct Verification {
  std::string file;
  std::optional<Bundle> bundle;  ///< absent if it is damaged or cannot be read
  std::vector<Damage> damage;    ///< if the file is damaged
  std::string unreadable, hint;  ///< why it cannot be read, if it is not damaged
  Signature signature;
  bool signature_wanted = false;
  std::vector<RuleOutcome> rules;

  bool signature_good() const;
  /// Number of rules broken and not waived.
  std::size_t broken() const;
};

/// Reads the file, applies every rule, and checks its signature; then takes all texts that are
/// written like secrets out of what it returns. The result contains what is wrong
/// with the file; InputError is thrown only for wrong options.
Verification verify_bundle(const std::string& file, const VerificationOptions& options);

}  // namespace assay::results::bundle
