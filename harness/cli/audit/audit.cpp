// assay audit [SET]: checks published figures against each other.
#include "results/claims/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/catalogue.h"
#include "results/page/text.h"

namespace assay::cli::audit {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Finding;

struct Arguments {
  std::string set;
  CatalogueChoice catalogue;
  bool all = false, json = false, strict = false;
};

ordered_json to_json(const Finding& finding) {
  ordered_json out = {
      {"relation", finding.relation},
      {"statement", finding.statement},
      {"holds", finding.holds},
      {"left", finding.left},
      {"left_range", {finding.left_range.lower, finding.left_range.upper}},
      {"right", finding.right},
      {"right_range", {finding.right_range.lower, finding.right_range.upper}},
      {"difference", finding.difference},
      {"gap", finding.gap},
      {"arithmetic", finding.arithmetic},
      {"readings", finding.readings},
      {"needed", ordered_json::array()},
      {"note", finding.note},
      {"systems", finding.systems},
      {"claims", finding.claims},
      {"against", finding.against},
      {"unverified", finding.unverified},
  };
  for (const results::claims::Needed& needed : finding.needed) {
    out["needed"].push_back({{"figure", needed.figure},
                             {"base_value", needed.value},
                             {"change", needed.change},
                             {"published", needed.published}});
  }
  return out;
}

void print(const Finding& finding, bool colour) {
  const std::string_view word = finding.holds ? "holds" : "contradiction";
  const std::string_view code = finding.holds ? "\033[32m" : "\033[35m";
  fmt::print("{}\n", colour ? fmt::format("{}{:<13}\033[0m {}", code, word, finding.relation)
                            : fmt::format("{:<13} {}", word, finding.relation));
  fmt::print("{}", harness::terminal::wrapped(finding.statement, 2));
  fmt::print("{}", harness::terminal::wrapped(finding.arithmetic, 4));
  if (!finding.unverified.empty()) {
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("depends on UNVERIFIED {} (source not checked again)",
                                     fmt::join(finding.unverified, ", ")),
                         4));
  }
  if (!finding.holds)
    fmt::print("{}", harness::terminal::wrapped("to reconcile: " + finding.reconcile, 4));
  if (!finding.claims.empty()) {
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("claims: {}", fmt::join(finding.claims, ", ")), 4));
  }
  fmt::print("\n");
}

/// "1 holds", "3 hold".
std::string verb_text(std::size_t number, std::string_view one, std::string_view several) {
  return fmt::format("{} {}", number, number == 1 ? one : several);
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue catalogue = load_catalogue(arguments.catalogue);
  const auto findings = findings_about(catalogue, arguments.set, results::claims::audit(catalogue));
  const auto broken = static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [](const Finding& finding) { return !finding.holds; }));
  if (arguments.json) {
    ordered_json list = ordered_json::array();
    for (const Finding& finding : findings) list.push_back(to_json(finding));
    const ordered_json out = {{"set", arguments.set},
                              {"catalogue_sha256", catalogue.sha256},
                              {"findings", list},
                              {"contradictions", broken}};
    fmt::print("{}\n", out.dump(2));
  } else {
    for (const Finding& finding : findings) {
      if (!finding.holds || arguments.all) print(finding, harness::terminal::use_colour());
    }
    fmt::print(
        "{}",
        harness::terminal::wrapped(
            fmt::format("{} between published figures: {} within the figures' rounding, {}. In "
                        "a contradiction at least one of the figures is wrong; arithmetic "
                        "alone cannot say which.{}",
                        results::page::counted(findings.size(), "calculation"),
                        verb_text(findings.size() - broken, "holds", "hold"),
                        verb_text(broken, "does not", "do not"),
                        arguments.all ? "" : " `--all` shows all of them."),
            0));
  }
  return arguments.strict && broken > 0 ? kFinding : kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->set, claim_set(), "Only figures and systems of this set of claims")
      .default_rule = "all sets";
  add_catalogue_options(options, arguments->catalogue);
  options.flag("--all", arguments->all, "Also show the calculations that hold");
  options.flag("--strict", arguments->strict, "Exit with code 1 if there is a contradiction");
  add_json_option(options, arguments->json);
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"audit", "Check published figures against each other", add};

}  // namespace assay::cli::audit
