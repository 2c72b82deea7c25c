// All that can be said of a bundle without running anything.
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
  waived,         ///< broken, and the person let that pass
  not_applicable  ///< no record that it could judge
};
std::string_view name(RuleState state);

struct RuleOutcome {
  const BundleRule* rule = nullptr;
  Ruling ruling;
  RuleState state = RuleState::kept;
};

struct VerificationOptions {
  Signers signers;
  std::vector<std::string> waived;  ///< ids of rules
};

struct Verification {
  std::string file;
  std::optional<Bundle> bundle;  ///< none where it is not whole or cannot be read
  std::vector<Damage> damage;    ///< where it is not whole
  std::string unreadable, hint;  ///< why it cannot be read, where nothing is damaged
  Signature signature;
  bool signature_wanted = false;
  std::vector<RuleOutcome> rules;

  bool signature_good() const;
  /// Rules broken and not waived.
  std::size_t broken() const;
};

/// Reads the file, judges it by every rule, and checks its signature. What is wrong with the file
/// is in the result; throws InputError only for the options.
Verification verify_bundle(const std::string& file, const VerificationOptions& options);

}  // namespace assay::results::bundle
