// assay claims [ID|SET]: what the catalogue claims, with sources; new and lint: claims of one's
// own.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"

namespace assay::cli {
extern const Verb claims_verb;

namespace {

struct Options {
  std::string which;
  std::vector<std::string> files;
  CatalogueChoice catalogue;
  bool json = false;
};

std::vector<const results::claims::Claim*> select(const results::claims::Catalogue& catalogue,
                                                  const std::string& which) {
  std::vector<const results::claims::Claim*> out;
  for (const results::claims::Claim& claim : catalogue.claims) {
    const bool in_set = std::find(claim.sets.begin(), claim.sets.end(), which) != claim.sets.end();
    if (which.empty() || in_set || claim.id == which) out.push_back(&claim);
  }
  if (!out.empty() || catalogue.sets.contains(which)) return out;
  std::vector<std::string> known;
  for (const auto& [id, set] : catalogue.sets) known.push_back(id);
  for (const results::claims::Claim& claim : catalogue.claims) known.push_back(claim.id);
  throw InputError(fmt::format("no claim and no set `{}` in the catalogue", which),
                   did_you_mean(which, known, "`assay claims` lists them"));
}

void print_line(const results::claims::Claim& claim) {
  const std::string value = claim.value ? figure_text(*claim.value) : "–";
  fmt::print("  {:<38} {:>13}  {}\n", claim.id, value,
             claim.untestable.empty() ? name(claim.standing) : "untestable");
  fmt::print("{}", harness::terminal::wrapped(claim.statement, 6));
}

/// The template, on standard output or as a new file.
int write_new(const Options& options) {
  if (options.files.empty()) {
    fmt::print("{}", results::claims::claims_template());
    return kDone;
  }
  for (const std::string& file : options.files) {
    if (std::filesystem::exists(file)) {
      throw InputError(fmt::format("claims new: {} exists", file), "name a file that does not");
    }
    std::ofstream out(file);
    out << results::claims::claims_template();
    if (!out.flush()) throw InputError(fmt::format("claims new: cannot write {}", file));
    fmt::print("wrote {}; `assay claims lint {}` checks it\n", file, file);
  }
  return kDone;
}

/// Everything that is wrong with the files, not only the first.
int lint(const Options& options) {
  if (options.files.empty()) {
    throw InputError("claims lint: no file is named", "`assay claims lint FILE`");
  }
  const auto checked =
      results::claims::check_catalogue({options.files.begin(), options.files.end()});
  if (options.json) {
    nlohmann::ordered_json errors = nlohmann::ordered_json::array();
    for (const InputError& error : checked.errors) {
      errors.push_back({{"error", error.what()}, {"mend", error.mend()}});
    }
    fmt::print("{}\n", nlohmann::ordered_json({{"errors", errors}}).dump(2));
  } else {
    for (const InputError& error : checked.errors) print_error(error.what(), error.mend());
    if (checked.errors.empty()) fmt::print("{}: good\n", fmt::join(options.files, ", "));
  }
  return checked.errors.empty() ? kDone : kBadInput;
}

int list(const Options& options) {
  if (!options.files.empty()) {
    throw InputError(fmt::format("claims: unexpected argument `{}`", options.files[0]),
                     "files follow `new` and `lint`; `--catalogue FILE` adds one");
  }
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  const auto claims = select(catalogue, options.which);
  if (options.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const results::claims::Claim* claim : claims) out.push_back(to_json(*claim));
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  if (claims.size() == 1 && claims[0]->id == options.which) {
    fmt::print("{}", claim_text(*claims[0]));
    return kDone;
  }
  for (const auto& [id, set] : catalogue.sets) {
    const auto in_set = [&, &id = id](const results::claims::Claim* claim) {
      return std::find(claim->sets.begin(), claim->sets.end(), id) != claim->sets.end();
    };
    if (!options.which.empty() && options.which != id) continue;
    fmt::print("{}", harness::terminal::wrapped(fmt::format("{}: {}", id, set.title), 0));
    for (const results::claims::Claim* claim : claims) {
      if (in_set(claim)) print_line(*claim);
    }
    fmt::print("\n");
  }
  fmt::print("`assay claims ID` shows one with its source; `assay check SET` judges a set.\n");
  return kDone;
}

int run(const Options& options) {
  if (options.which == "new") return write_new(options);
  return options.which == "lint" ? lint(options) : list(options);
}

std::vector<std::string> what_to_list() {
  std::vector<std::string> words = claim_ids();
  words.insert(words.end(), {"new", "lint"});
  return words;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("which", options->which,
                               "A claim's id or a set; or `new` or `lint` for claims of one's own"),
                what_to_list);
  app.add_option("files", options->files, "With `new` a file to write, with `lint` files to check");
  add_catalogue_options(app, options->catalogue);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(
      "Examples:\n"
      "  assay claims waic-2025\n"
      "  assay claims new mine.toml       a commented file to begin from\n"
      "  assay claims lint mine.toml      everything that is wrong with it");
  return [options] { return run(*options); };
}

}  // namespace

const Verb claims_verb = {"claims", "List published claims with their sources", add};

}  // namespace assay::cli
