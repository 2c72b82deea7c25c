#include "results/bundle/verification.h"

#include <algorithm>

namespace assay::results::bundle {

namespace {

RuleState state_of(const RuleOutcome& outcome, const VerificationOptions& options) {
  const auto& waived = options.waived;
  if (outcome.result.violations.empty()) {
    return outcome.result.judged > 0 ? RuleState::kept : RuleState::not_applicable;
  }
  return std::find(waived.begin(), waived.end(), outcome.rule->id) == waived.end()
             ? RuleState::broken
             : RuleState::waived;
}

}  // namespace

std::string_view name(RuleState state) {
  switch (state) {
    case RuleState::kept:
      return "kept";
    case RuleState::broken:
      return "broken";
    case RuleState::waived:
      return "waived";
    case RuleState::not_applicable:
      return "not applicable";
  }
  return "";
}

bool Verification::signature_good() const {
  switch (signature.state) {
    case SignatureState::absent:
    case SignatureState::unchecked:
    case SignatureState::valid:
      return !signature_wanted;
    case SignatureState::trusted:
      return true;
    case SignatureState::invalid:
    case SignatureState::not_trusted:
      return false;
  }
  return false;
}

std::size_t Verification::broken() const {
  return static_cast<std::size_t>(
      std::count_if(rules.begin(), rules.end(),
                    [](const RuleOutcome& outcome) { return outcome.state == RuleState::broken; }));
}

Verification verify_bundle(const std::string& file, const VerificationOptions& options) {
  for (const std::string& id : options.waived) find_bundle_rule(id, "waived rules");
  Verification out;
  out.file = file;
  out.signature_wanted = !options.signers.file.empty();
  try {
    out.bundle = read_bundle_file(file);
  } catch (const DamagedBundle& error) {
    out.damage = error.damage();
    out.hint = error.hint();
    return out;
  } catch (const InputError& error) {
    out.unreadable = error.what();
    out.hint = error.hint();
    return out;
  }
  out.signature = check_signature(file, options.signers);
  for (const BundleRule& rule : bundle_rules()) {
    RuleOutcome outcome{&rule, rule.judge(*out.bundle)};
    outcome.state = state_of(outcome, options);
    out.rules.push_back(std::move(outcome));
  }
  return out;
}

}  // namespace assay::results::bundle
