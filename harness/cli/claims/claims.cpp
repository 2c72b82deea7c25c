// assay claims [CLAIM|SET]: the catalogue's claims with their sources; new and lint: files of the
// user.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"
#include "results/record/json_library.h"

namespace assay::cli::claims {
extern const Verb verb;

namespace {

struct Arguments {
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
  throw InputError(fmt::format("no claim and no set `{}` in the catalogue", which),
                   did_you_mean(which, set_and_claim_ids(catalogue), "`assay claims` lists them"));
}

void print_line(const results::claims::Claim& claim) {
  const std::string value = claim.value ? figure_text(*claim.value) : "–";
  fmt::print("  {:<38} {:>13}  {}\n", claim.id, value,
             claim.untestable.empty() ? name(claim.standing) : "untestable");
  fmt::print("{}", harness::terminal::wrapped(claim.statement, 6));
}

/// Writes the template to new files, or to standard output.
int write_new(const Arguments& arguments) {
  if (arguments.files.empty()) {
    fmt::print("{}", results::claims::claims_template());
    return kDone;
  }
  for (const std::string& file : arguments.files) {
    std::error_code none;
    if (std::filesystem::symlink_status(file, none).type() !=
        std::filesystem::file_type::not_found) {
      throw InputError(fmt::format("claims new: {} exists", file),
                       "name a file that does not exist");
    }
    OutputFile out("claims new", file);
    out.stream() << results::claims::claims_template();
    out.commit();
    fmt::print("wrote {}; `assay claims lint {}` checks it\n", file, file);
  }
  return kDone;
}

/// Reports all errors in the files, not only the first.
int lint(const Arguments& arguments) {
  if (arguments.files.empty()) {
    throw InputError("claims lint: FILE is missing", "`assay claims lint FILE`");
  }
  const auto checked =
      results::claims::check_catalogue({arguments.files.begin(), arguments.files.end()});
  if (arguments.json) {
    nlohmann::ordered_json errors = nlohmann::ordered_json::array();
    for (const InputError& error : checked.errors) {
      errors.push_back({{"error", error.what()}, {"hint", error.hint()}});
    }
    fmt::print("{}\n", nlohmann::ordered_json({{"errors", errors}}).dump(2));
  } else {
    for (const InputError& error : checked.errors) print_error(error.what(), error.hint());
    if (checked.errors.empty()) fmt::print("{}: good\n", fmt::join(arguments.files, ", "));
  }
  return checked.errors.empty() ? kDone : kBadInput;
}

int list(const Arguments& arguments) {
  if (!arguments.files.empty()) {
    throw InputError(fmt::format("claims: unexpected argument `{}`", arguments.files[0]),
                     "files follow `new` and `lint`; `--catalogue FILE` adds one");
  }
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  const auto claims = select(catalogue, arguments.which);
  if (arguments.json) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const results::claims::Claim* claim : claims) out.push_back(to_json(*claim));
    fmt::print("{}\n", out.dump(2));
    return kDone;
  }
  if (claims.size() == 1 && claims[0]->id == arguments.which) {
    fmt::print("{}", claim_text(*claims[0]));
    return kDone;
  }
  for (const auto& [id, set] : catalogue.sets) {
    const auto in_set = [&wanted = id](const results::claims::Claim* claim) {
      return std::find(claim->sets.begin(), claim->sets.end(), wanted) != claim->sets.end();
    };
    if (!arguments.which.empty() && arguments.which != id) continue;
    fmt::print("{}", harness::terminal::wrapped(fmt::format("{}: {}", id, set.title), 0));
    for (const results::claims::Claim* claim : claims) {
      if (in_set(claim)) print_line(*claim);
    }
    fmt::print("\n");
  }
  fmt::print("`assay claims CLAIM` shows one with its source, `assay check SET` judges a set.\n");
  return kDone;
}

int run(const Arguments& arguments) {
  if (arguments.which == "new") return write_new(arguments);
  return arguments.which == "lint" ? lint(arguments) : list(arguments);
}

std::vector<std::string> what_to_list() {
  std::vector<std::string> words = claim_ids();
  words.insert(words.end(), {"new", "lint"});
  return words;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options
      .argument(arguments->which, text("CLAIM", what_to_list),
                "A claim or a set of claims; `new` or `lint` for a claims file of your own")
      .default_rule = "all claims";
  options.argument(arguments->files, file(),
                   "With `new`: file to create, or standard output if none is named. With `lint`: "
                   "files to check");
  add_catalogue_options(options, arguments->catalogue);
  add_json_option(options, arguments->json);
  options.footer(
      "Examples:\n"
      "  assay claims waic-2025           list a set\n"
      "  assay claims new mine.toml       write a commented file to start from\n"
      "  assay claims lint mine.toml      report all errors in a file");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"claims", "List published claims with their sources", add, VerbGroup::judge};

}  // namespace assay::cli::claims
