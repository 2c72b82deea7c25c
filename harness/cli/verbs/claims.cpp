// assay claims [ID|SET]: what the catalogue claims, with sources.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/claims_text.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"

namespace assay::cli {
extern const Verb claims_verb;

namespace {

struct Options {
  std::string which;
  std::vector<std::string> catalogue;
  bool json = false;
};

std::vector<const results::Claim*> select(const results::Catalogue& catalogue,
                                          const std::string& which) {
  std::vector<const results::Claim*> out;
  for (const results::Claim& claim : catalogue.claims) {
    const bool in_set = std::find(claim.sets.begin(), claim.sets.end(), which) != claim.sets.end();
    if (which.empty() || in_set || claim.id == which) out.push_back(&claim);
  }
  if (!out.empty() || catalogue.sets.contains(which)) return out;
  std::vector<std::string> known;
  for (const auto& [id, set] : catalogue.sets) known.push_back(id);
  for (const results::Claim& claim : catalogue.claims) known.push_back(claim.id);
  throw InputError(fmt::format("no claim and no set `{}` in the catalogue", which),
                   did_you_mean(which, known, "`assay claims` lists them"));
}

void print_line(const results::Claim& claim) {
  const std::string value = claim.value ? figure_text(*claim.value) : "–";
  fmt::print("  {:<38} {:>13}  {}\n", claim.id, value,
             claim.untestable.empty() ? name(claim.standing) : "untestable");
  fmt::print("{}", wrapped(claim.statement, 6));
}

int run(const Options& options) {
  const results::Catalogue catalogue =
      results::extended_catalogue({options.catalogue.begin(), options.catalogue.end()});
  const auto claims = select(catalogue, options.which);
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const results::Claim* claim : claims) out.push_back(to_json(*claim));
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  if (claims.size() == 1 && claims[0]->id == options.which) {
    fmt::print("{}", claim_text(*claims[0]));
    return kDone;
  }
  for (const auto& [id, set] : catalogue.sets) {
    const auto in_set = [&, &id = id](const results::Claim* claim) {
      return std::find(claim->sets.begin(), claim->sets.end(), id) != claim->sets.end();
    };
    if (!options.which.empty() && options.which != id) continue;
    fmt::print("{}", wrapped(fmt::format("{}: {}", id, set.title), 0));
    for (const results::Claim* claim : claims) {
      if (in_set(claim)) print_line(*claim);
    }
    fmt::print("\n");
  }
  fmt::print("`assay claims ID` shows one with its source; `assay check SET` judges a set.\n");
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(
      app.add_option("which", options->which, "A claim's id or a set; all where none is named"),
      claim_ids);
  app.add_option("--catalogue", options->catalogue, "Further TOML files of claims and systems");
  app.add_flag("--json", options->json, "Print JSON");
  return [options] { return run(*options); };
}

}  // namespace

const Verb claims_verb = {"claims", "List published claims with their sources", add};

}  // namespace assay::cli
