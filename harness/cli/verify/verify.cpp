// assay verify BUNDLE...: checks that bundles are undamaged, signed and within the rules.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/common_options.h"
#include "harness/cli/hints.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/cli/verify/text.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/record/json_library.h"

namespace assay::cli::verify {
extern const Verb verb;

namespace {

using results::bundle::Verification;

struct Arguments {
  std::vector<std::string> files;
  results::bundle::VerificationOptions verification;
  bool rules = false, json = false, wide = false;
};

int exit_code(const std::vector<Verification>& all) {
  const auto any = [&](auto predicate) { return std::any_of(all.begin(), all.end(), predicate); };
  if (any([](const Verification& one) { return !one.bundle; })) return kBadInput;
  return any([](const Verification& one) { return one.broken() > 0 || !one.signature_good(); })
             ? kFinding
             : kDone;
}

int run(const Arguments& arguments) {
  if (arguments.rules) {
    if (arguments.json) {
      fmt::print("{}\n", rules_json().dump(2));
    } else {
      fmt::print("{}", rules_text());
    }
    return kDone;
  }
  if (arguments.files.empty()) {
    throw InputError("BUNDLE: is missing", "`assay export --bundle FILE.assay` writes one");
  }
  for (const std::string& id : arguments.verification.waived) {
    results::bundle::find_bundle_rule(id, "--waive");
  }
  const VerifyStyle style{harness::terminal::use_colour(), arguments.wide};
  std::vector<Verification> all;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::string& file : arguments.files) {
    // Beside the rules above, only the list of signers can be wrong.
    all.push_back(
        at_place("--signers", [&] { return verify_bundle(file, arguments.verification); }));
    if (arguments.json) {
      list.push_back(to_json(all.back()));
    } else {
      fmt::print("{}{}", all.size() > 1 ? "\n" : "", verification_text(all.back(), style));
    }
  }
  if (arguments.json) {
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

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  auto& signers = arguments->verification.signers;
  options.argument(arguments->files, named("BUNDLE", file()), "Bundles to verify, FILE.assay");
  options.option("--waive", arguments->verification.waived, text("RULE", rule_ids),
                 "Allow this rule to be broken");
  Option& file_option =
      options.option("--signers", signers.file, file(),
                     "Require a signature in FILE.assay.sig by a key in this file "
                     "(allowed signers, see ssh-keygen(1))");
  Option& identity =
      options.option("--identity", signers.identity, text("NAME"), "Require this signer");
  identity.default_rule = "any in the file";
  identity.needs = {&file_option};
  options.flag("--rules", arguments->rules, "List the rules");
  options.flag("--wide", arguments->wide,
               "Show everything that breaks a rule, not only the first three");
  add_json_option(options, arguments->json);
  options.footer(
      "Examples:\n"
      "  assay verify night.assay\n"
      "  assay verify night.assay --waive clocks-recorded\n"
      "  assay verify night.assay --signers allowed_signers --identity me@example.org\n"
      "\n"
      "Exit code 1: a rule is broken, or a required signature is missing or wrong.\n"
      "2: a bundle is damaged or cannot be read.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"verify", "Check that bundles are undamaged and follow the rules", add,
                   VerbGroup::trust};

}  // namespace assay::cli::verify
