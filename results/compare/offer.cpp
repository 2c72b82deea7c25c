#include "results/compare/offer.h"

#include <fmt/format.h>

namespace assay::results::compare {

Offer offer_of(const bundle::Verification& verification) {
  Offer out{verification.file, verification.bundle->sha256, verification.signature, {}, 0};
  for (const bundle::RuleOutcome& rule : verification.rules) {
    if (rule.state == bundle::RuleState::not_applicable) continue;
    ++out.rules;
    if (rule.state == bundle::RuleState::broken) out.broken.emplace_back(rule.rule->id);
  }
  return out;
}

std::string signature_text(const Offer& offer) {
  const bundle::Signature& signature = offer.signature;
  switch (signature.state) {
    case bundle::SignatureState::absent:
      return "unsigned";
    case bundle::SignatureState::unchecked:
      return "signature not checked: " + signature.why;
    case bundle::SignatureState::valid:
      return fmt::format("signed with {}, whose owner was not checked (--signers)", signature.key);
    case bundle::SignatureState::trusted:
      return fmt::format("signed by {}", signature.identity);
    case bundle::SignatureState::invalid:
      return "SIGNATURE WRONG, not of this file: " + signature.why;
    case bundle::SignatureState::not_trusted:
      return fmt::format("SIGNER NOT TRUSTED, {}: {}", signature.key, signature.why);
  }
  return "";
}

bool signature_wrong(const Offer& offer) {
  return offer.signature.state == bundle::SignatureState::invalid ||
         offer.signature.state == bundle::SignatureState::not_trusted;
}

std::string rules_text(const Offer& offer) {
  if (offer.rules == 0) return "no rule applies";
  if (offer.broken.empty()) return fmt::format("keeps all {} rules", offer.rules);
  return fmt::format("breaks {} of {} rules: {}", offer.broken.size(), offer.rules,
                     fmt::join(offer.broken, ", "));
}

}  // namespace assay::results::compare
