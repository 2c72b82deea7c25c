// What a bundle that is one side of a comparison says beside its records.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/bundle/verification.h"

namespace assay::results::compare {

struct Offer {
  std::string file, sha256;
  bundle::Signature signature;
  std::vector<std::string> broken;  ///< ids of the rules that it breaks
  std::size_t rules = 0;            ///< number of rules that cover a record of it
};

/// Of a bundle that can be read.
Offer offer_of(const bundle::Verification& verification);

/// "unsigned"; "signed by me@example.org"; "signed with ED25519 SHA256:…, whose owner was not
/// checked (--signers)"; "SIGNATURE WRONG: …".
std::string signature_text(const Offer& offer);
/// Whether there is a signature that is not of these bytes or not by a key that is trusted.
bool signature_wrong(const Offer& offer);
/// "keeps all 14 rules"; "breaks 2 of 14 rules: steady, interval".
std::string rules_text(const Offer& offer);

}  // namespace assay::results::compare
