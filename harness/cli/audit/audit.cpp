// assay audit [SET]: holds published figures against one another.
#include "results/claims/audit.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/catalogue.h"

namespace assay::cli {
extern const Verb audit_verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Finding;

struct Options {
  std::string set;
  CatalogueChoice catalogue;
  bool all = false, json = false, strict = false;
};

ordered_json to_json(const results::claims::Finding& finding) {
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

void print(const results::claims::Finding& finding, bool colour) {
  const std::string_view word = finding.holds ? "holds" : "contradiction";
  const std::string_view code = finding.holds ? "\033[32m" : "\033[35m";
  fmt::print("{}\n", colour ? fmt::format("{}{:<13}\033[0m {}", code, word, finding.relation)
                            : fmt::format("{:<13} {}", word, finding.relation));
  fmt::print("{}", harness::terminal::wrapped(finding.statement, 2));
  fmt::print("{}", harness::terminal::wrapped(finding.arithmetic, 4));
  if (!finding.unverified.empty()) {
    fmt::print("{}",
               harness::terminal::wrapped(fmt::format("rests on UNVERIFIED {} (source not re-read)",
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

int run(const Options& options) {
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  const auto findings = findings_about(catalogue, options.set, results::claims::audit(catalogue));
  const auto broken =
      std::count_if(findings.begin(), findings.end(),
                    [](const results::claims::Finding& finding) { return !finding.holds; });
  if (options.json) {
    ordered_json list = ordered_json::array();
    for (const results::claims::Finding& finding : findings) list.push_back(to_json(finding));
    const ordered_json out = {{"set", options.set},
                              {"catalogue_sha256", catalogue.sha256},
                              {"findings", list},
                              {"contradictions", broken}};
    fmt::print("{}\n", out.dump(2));
  } else {
    for (const results::claims::Finding& finding : findings) {
      if (!finding.holds || options.all) print(finding, harness::terminal::use_colour());
    }
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("{} calculations between published figures: {} hold within "
                                     "the figures' rounding, {} do not. A contradiction says "
                                     "that not all of its figures can be right, not which.{}",
                                     findings.size(),
                                     static_cast<std::ptrdiff_t>(findings.size()) - broken, broken,
                                     options.all ? "" : " `--all` shows all of them."),
                         0));
  }
  return options.strict && broken > 0 ? kFellShort : kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("set", options->set,
                               "Set of claims whose figures and systems matter; all where none is "
                               "named"),
                set_ids);
  add_catalogue_options(app, options->catalogue);
  app.add_flag("--all", options->all, "Show what holds, too");
  app.add_flag("--strict", options->strict, "Exit with code 1 where there is a contradiction");
  app.add_flag("--json", options->json, "Print JSON");
  return [options] { return run(*options); };
}

}  // namespace

const Verb audit_verb = {"audit", "Hold published figures against one another", add};

}  // namespace assay::cli
