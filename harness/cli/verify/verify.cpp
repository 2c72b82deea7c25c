// assay verify BUNDLE...: whether bundles are whole, whose they are, and which rules they keep.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/cli/verify/text.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"

namespace assay::cli {
extern const Verb verify_verb;

namespace {

using results::bundle::Verification;

struct Options {
  std::vector<std::string> files;
  results::bundle::VerificationOptions verification;
  bool rules = false, json = false, wide = false;
};

int exit_code(const std::vector<results::bundle::Verification>& all) {
  const auto any = [&](auto predicate) { return std::any_of(all.begin(), all.end(), predicate); };
  if (any([](const results::bundle::Verification& one) { return !one.bundle; })) return kBadInput;
  return any([](const results::bundle::Verification& one) {
    return one.broken() > 0 || !one.signature_good();
  })
             ? kFellShort
             : kDone;
}

int run(const Options& options) {
  if (options.rules) {
    fmt::print("{}", rules_text());
    return kDone;
  }
  if (options.files.empty()) {
    throw InputError("no bundle is named", "`assay export --bundle FILE.assay` writes one");
  }
  const auto& signers = options.verification.signers;
  if (!signers.identity.empty() && signers.file.empty()) {
    throw InputError("--identity: needs --signers", "name a file as ssh-keygen(1) describes it");
  }
  const VerifyStyle style{harness::terminal::use_colour(), options.wide};
  std::vector<results::bundle::Verification> all;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::string& file : options.files) {
    all.push_back(verify_bundle(file, options.verification));
    if (options.json) {
      list.push_back(to_json(all.back()));
    } else {
      fmt::print("{}{}", all.size() > 1 ? "\n" : "", verification_text(all.back(), style));
    }
  }
  if (options.json) {
    fmt::print("{}\n", list.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  }
  return exit_code(all);
}

Names rule_ids() {
  Names ids;
  for (const results::bundle::BundleRule& rule : results::bundle::bundle_rules())
    ids.emplace_back(rule.id);
  return ids;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("bundle", options->files, "Bundles: FILE.assay");
  complete_with(app.add_option("--waive", options->verification.waived,
                               "Let this rule be broken; may be repeated")
                    ->allow_extra_args(false),
                rule_ids);
  app.add_option("--signers", options->verification.signers.file,
                 "Want a signature in FILE.sig by a key of this file (allowed signers, "
                 "ssh-keygen(1))");
  app.add_option("--identity", options->verification.signers.identity,
                 "Want it to be this signer's; anyone's of that file otherwise");
  app.add_flag("--rules", options->rules, "List the rules");
  app.add_flag("--wide", options->wide, "All that breaks a rule, not the first three");
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(
      "Examples:\n"
      "  assay verify night.assay\n"
      "  assay verify night.assay --waive clocks-recorded\n"
      "  assay verify night.assay --signers allowed_signers --identity me@example.org\n"
      "\n"
      "Exit code 1: a rule is broken, or the signature is not as asked. 2: a bundle is\n"
      "not whole, to the bit, or cannot be read.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb verify_verb = {"verify", "Check that bundles are whole and keep the rules", add};

}  // namespace assay::cli
