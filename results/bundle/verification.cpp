#include "results/bundle/verification.h"

#include <algorithm>

#include "kernels/secrets.h"
#include "results/record/texts.h"

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

namespace {

void hide(std::string& text) {
  text = without_known_secrets(text);
}

/// Takes secrets out of everything that is shown, after the rules have judged it.
void hide_secrets(Bundle& bundle) {
  for (record::Record& record : bundle.contents.records) record::mask_secrets(record);
  for (auto& [hash, text] : bundle.contents.environments) text = record::without_secrets_in(text);
  for (record::Run* run : {&bundle.contents.run, &bundle.manifest.run}) {
    record::for_each_text(*run, hide);
    run->plan = record::without_secrets_in(run->plan);
  }
  hide(bundle.contents.suite);
}

void hide_secrets(Verification& verification) {
  hide(verification.file);
  hide(verification.unreadable);
  for (Damage& damage : verification.damage) hide(damage.what);
  for (RuleOutcome& outcome : verification.rules) {
    for (Violation& violation : outcome.result.violations) {
      hide(violation.subject);
      hide(violation.what);
    }
  }
  if (verification.bundle) hide_secrets(*verification.bundle);
}

Verification read_and_judged(const std::string& file, const VerificationOptions& options) {
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

}  // namespace

Verification verify_bundle(const std::string& file, const VerificationOptions& options) {
  for (const std::string& id : options.waived) find_bundle_rule(id, "waived rules");
  Verification out = read_and_judged(file, options);
  hide_secrets(out);
  return out;
}

}  // namespace assay::results::bundle
