#include "harness/cli/verify/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/bundle/conformance.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::verify {

using harness::terminal::Style;
using nlohmann::ordered_json;
using results::bundle::RuleOutcome;
using results::bundle::RuleState;
using results::bundle::Signature;
using results::bundle::SignatureState;
using results::bundle::Verification;

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kShownViolations = 3;
constexpr std::size_t kWidestViolation = 36;

std::string fact(std::string_view label, const std::string& text) {
  return harness::terminal::wrapped(fmt::format("{}: {}", label, text), 2);
}

std::string signature_text(const Signature& signature) {
  switch (signature.state) {
    case SignatureState::absent:
      return "none";
    case SignatureState::unchecked:
      return "not checked: " + signature.why;
    case SignatureState::valid:
      return fmt::format("valid, by {}; --signers names the trusted keys", signature.key);
    case SignatureState::trusted:
      return fmt::format("good, by {} with {}", signature.identity, signature.key);
    case SignatureState::invalid:
      return "BAD, not for this file: " + signature.why;
    case SignatureState::not_trusted:
      return fmt::format("NOT TRUSTED, by {}: {}", signature.key, signature.why);
  }
  return "";
}

std::string run_text(const results::bundle::Manifest& manifest) {
  const results::record::Run& run = manifest.run;
  std::string text = fmt::format("{} of {}", run.id.substr(0, 8), run.started.substr(0, 10));
  if (!run.suite.empty()) text += ", suite " + run.suite;
  if (!run.host.empty()) text += ", on " + run.host;
  return text + ", " + results::page::counted(manifest.records, "record");
}

Style style_of(RuleState state) {
  switch (state) {
    case RuleState::kept:
      return Style::good;
    case RuleState::broken:
      return Style::bad;
    case RuleState::waived:
      return Style::doubtful;
    case RuleState::not_applicable:
      return Style::faint;
  }
  return Style::plain;
}

std::string violation_line(const results::bundle::Violation& violation) {
  if (violation.subject.empty()) return std::string(10, ' ') + violation.what + "\n";
  const std::string what = harness::terminal::shortened(violation.what, kWidestViolation) + ": ";
  const std::size_t room = kWidth - 10 - harness::terminal::text_width(what);
  return fmt::format("{:10}{}{}\n", "", what,
                     harness::terminal::shortened(violation.subject, room));
}

/// Whether all violations say the same.
bool alike(const std::vector<results::bundle::Violation>& violations) {
  return std::all_of(
      violations.begin(), violations.end(), [&](const results::bundle::Violation& violation) {
        return !violation.subject.empty() && violation.what == violations.front().what;
      });
}

std::string violations_text(const RuleOutcome& outcome, const VerifyStyle& style) {
  const auto& [judged, violations] = outcome.result;
  std::string text;
  if (style.wide) {
    for (const auto& [subject, what] : violations) {
      text += harness::terminal::wrapped(subject.empty() ? what : subject + ": " + what, 10);
    }
    return text;
  }
  if (violations.size() > 1 && alike(violations)) {
    return harness::terminal::wrapped(
        fmt::format("{} of {}: {}", violations.size(), judged, violations.front().what), 10);
  }
  const std::size_t shown = std::min(kShownViolations, violations.size());
  for (std::size_t i = 0; i < shown; ++i) text += violation_line(violations[i]);
  if (shown < violations.size()) {
    text += fmt::format("{:10}and {} more (--wide)\n", "", violations.size() - shown);
  }
  return text;
}

std::string rule_text(const RuleOutcome& outcome, const VerifyStyle& style) {
  const std::string_view state =
      outcome.state == RuleState::not_applicable ? "n/a" : name(outcome.state);
  return fmt::format("  {} {:<21} {}\n",
                     harness::terminal::styled(fmt::format("{:<6}", state), style_of(outcome.state),
                                               style.colour),
                     outcome.rule->id, outcome.rule->text) +
         violations_text(outcome, style);
}

std::string heading(const Verification& verification, const VerifyStyle& style) {
  const auto say = [&](const std::string& text, Style how) {
    return verification.file + ": " + harness::terminal::styled(text, how, style.colour) + "\n";
  };
  if (!verification.damage.empty()) return say("DAMAGED", Style::bad);
  if (!verification.bundle) return say("CANNOT BE READ", Style::bad);
  const std::size_t broken = verification.broken();
  std::string text = "undamaged, ";
  text += broken == 0 ? "follows the rules"
                      : fmt::format("breaks {} of {}", broken,
                                    results::page::counted(verification.rules.size(), "rule"));
  if (!verification.signature_good()) text += ", not signed as required";
  const bool good = broken == 0 && verification.signature_good();
  return say(text, good ? Style::good : Style::bad);
}

}  // namespace

std::string verification_text(const Verification& verification, const VerifyStyle& style) {
  std::string text = heading(verification, style);
  for (const results::bundle::Damage& damage : verification.damage) {
    text += harness::terminal::wrapped(
        damage.part.empty() ? damage.what : damage.part + ": " + damage.what, 2);
  }
  if (!verification.unreadable.empty())
    text += harness::terminal::wrapped(verification.unreadable, 2);
  if (!verification.bundle) {
    return verification.hint.empty()
               ? text
               : text + harness::terminal::wrapped("hint: " + verification.hint, 2);
  }
  const results::bundle::Manifest& manifest = verification.bundle->manifest;
  text += fact("run", run_text(manifest));
  text += fact("measured by", "assay " + manifest.run.assay_version);
  text += fact("written by", "assay " + manifest.written_by);
  text += fact("sha256", verification.bundle->sha256);
  text += fact("signature", signature_text(verification.signature));
  for (const auto& [module, found] :
       results::bundle::module_conformance(verification.bundle->contents)) {
    text += fact("module " + module, found);
  }
  for (const RuleOutcome& outcome : verification.rules) text += rule_text(outcome, style);
  return text;
}

namespace {

ordered_json rule_results_json(const Verification& verification) {
  ordered_json rules = ordered_json::array();
  for (const RuleOutcome& outcome : verification.rules) {
    ordered_json violations = ordered_json::array();
    for (const results::bundle::Violation& violation : outcome.result.violations) {
      violations.push_back({{"subject", violation.subject}, {"what", violation.what}});
    }
    rules.push_back({{"id", outcome.rule->id},
                     {"text", outcome.rule->text},
                     {"state", name(outcome.state)},
                     {"judged", outcome.result.judged},
                     {"violations", violations}});
  }
  return rules;
}

}  // namespace

ordered_json to_json(const Verification& verification) {
  ordered_json damage = ordered_json::array();
  for (const results::bundle::Damage& one : verification.damage) {
    damage.push_back({{"part", one.part}, {"what", one.what}});
  }
  ordered_json json = {{"file", verification.file},
                       {"whole", verification.bundle.has_value()},
                       {"damage", damage},
                       {"unreadable", verification.unreadable}};
  if (!verification.bundle) return json;
  const results::bundle::Manifest& manifest = verification.bundle->manifest;
  const Signature& signature = verification.signature;
  json["sha256"] = verification.bundle->sha256;
  json["schema"] = manifest.schema;
  json["run"] = manifest.run.id;
  json["started"] = manifest.run.started;
  json["suite"] = manifest.run.suite;
  json["host"] = manifest.run.host;
  json["records"] = manifest.records;
  json["measured_by"] = manifest.run.assay_version;
  json["written_by"] = manifest.written_by;
  json["catalogue"] = manifest.catalogue;
  json["signature"] = {{"state", name(signature.state)},
                       {"good", verification.signature_good()},
                       {"key", signature.key},
                       {"identity", signature.identity},
                       {"why", signature.why}};
  json["modules"] = results::bundle::module_conformance(verification.bundle->contents);
  json["broken"] = verification.broken();
  json["rules"] = rule_results_json(verification);
  return json;
}

std::string rules_text() {
  std::string text;
  for (const results::bundle::BundleRule& rule : results::bundle::bundle_rules()) {
    text += fmt::format("{:<21} {}\n", rule.id, rule.text);
  }
  return text;
}

ordered_json rules_json() {
  ordered_json out = ordered_json::array();
  for (const results::bundle::BundleRule& rule : results::bundle::bundle_rules()) {
    out.push_back({{"id", rule.id}, {"text", rule.text}});
  }
  return out;
}

}  // namespace assay::cli::verify
