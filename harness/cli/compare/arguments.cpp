#include "harness/cli/compare/arguments.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "harness/cli/candidates.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "kernels/error.h"

namespace assay::cli::compare {

namespace {

using results::compare::Sort;

const std::vector<std::pair<std::string, Sort>> kSorts = {
    {"problem", Sort::problem}, {"ratio", Sort::ratio}, {"difference", Sort::difference}};

/// `parse` takes the text and its place in errors.
template <class Value>
Kind<OfSide<Value>> of_side(std::string name, std::string example,
                            Value (*parse)(std::string_view, std::string_view)) {
  return {.name = std::move(name),
          .read = [example, parse](const std::string& text, const std::string& place) {
            const std::size_t equals = text.rfind('=');
            if (equals == std::string::npos) {
              throw InputError(fmt::format("{} {}: does not name a side", place, text),
                               fmt::format("write A={} for the first side, B=… for the second; or "
                                           "a side's --name",
                                           example));
            }
            return OfSide<Value>{text.substr(0, equals),
                                 parse(text.substr(equals + 1), place + " " + text)};
          }};
}

Names side_names() {
  Names names = run_ids();
  for (std::string& id : system_ids()) names.push_back(std::move(id));
  return names;
}

void add_views(Options& options, Arguments& arguments) {
  options.flag("--only-different", arguments.only_different,
               "Show only rows with a significant difference");
  options.option("--sort", arguments.sort, choice("ORDER", kSorts), "Order of rows")
      .default_value("problem");
  options.flag("--all", arguments.all,
               "Show every row, the means, each division, what was left out and all notes");
  options.flag("--wide", arguments.wide, "Show full problem texts");
  Option& csv = options.flag("--csv", arguments.csv, "Print CSV");
  Option& markdown = options.flag("--markdown", arguments.markdown, "Print Markdown");
  markdown.excludes = {&csv};
  add_json_option(options, arguments.json).excludes = {&csv, &markdown};
  add_page_options(options, arguments.page, "Also write an HTML page; - prints only the page");
}

void add_offers(Options& options, Arguments& arguments) {
  options.option("--name", arguments.names, text("NAME"),
                 "Name of a side in every table, once for each side in their order");
  options
      .option(
          "--price", arguments.prices,
          of_side<results::compare::Price>("SIDE=PRICE", "30000USD", results::compare::parse_price),
          "Price of one device of a side, or of a whole system: A=30000USD")
      .default_rule = "the published one";
  options
      .option("--power", arguments.powers,
              of_side<results::compare::Power>("SIDE=POWER", "700W", results::compare::parse_power),
              "Power of one device of a side, or of a whole system: A=700W")
      .default_rule = "the measured energy; of systems the published one";
  options.option("--signers", arguments.signers.file, file(),
                 "Allowed signers of bundles, see ssh-keygen(1)");
  Option& weights = options.option("--weights", arguments.weights, file(),
                                   "TOML file with [[weight]] entries (problem, weight): adds a "
                                   "score over all divisions and modes");
  options
      .flag("--allow-missing", arguments.allow_missing,
            "Compute the score without problems that were not compared")
      .needs = {&weights};
}

}  // namespace

void add_arguments(Options& options, Arguments& arguments) {
  options.argument(
      arguments.sides, text("SIDE", side_names),
      "What to compare, the baseline first: RUN (its id, the id's first digits, last "
      "or last~1), RUN@DEVICE, RUN+RUN+RUN, device:NAME, a bundle FILE.assay, FILE.json, "
      "FILE.jsonl, or a published system");
  options.option("--division", arguments.compare.divisions, division(), "Only this division")
      .default_rule = "the best of all but reference";
  options.option("--operation", arguments.filter.operation, operation_name(),
                 "Only this operation, e.g. matmul");
  options.option("--problem", arguments.filter.problem, text("TEXT"),
                 "Only problems that contain TEXT");
  options.flag("--modelled", arguments.compare.modelled,
               "Also compare modelled and imported records with measured ones; rows mark them");
  options.flag("--doubtful", arguments.compare.doubtful,
               "Also judge doubtful records (busy machine, low clock, drift, …); rows mark them");
  options.flag("--require-judgement", arguments.require_judgement,
               "Exit with 1 if a problem is not judged, with 3 if none is");
  add_offers(options, arguments);
  add_views(options, arguments);
  add_store_option(options, arguments.db, "read");
  add_catalogue_options(options, arguments.catalogue);
  options.footer(
      "Every ratio is B / A (the other side / the first one): above 1, B is faster, or\n"
      "has more of a published figure. With three and more sides each is compared with\n"
      "the first.\n"
      "Compares verified results of equal problems in one mode, by the best\n"
      "implementation of each side. An interval of 95% that includes 1 shows no\n"
      "difference. One is told only from three processes a side, as\n"
      "`assay run --repeat 3` measures them: two runs of one program differ by what\n"
      "varies between processes. Of a doubtful record (see `assay show`) the ratio is\n"
      "shown and not judged. A published system beside runs stands for what its peaks\n"
      "allow at best, and is not judged.\n"
      "--sort ratio: largest gain of the other side first; difference: most certain\n"
      "first.\n"
      "Examples:\n"
      "  assay compare A.assay B.assay --name Acme --name Bolt \\\n"
      "    --price Acme=30kUSD --price Bolt=20kUSD --html offer.html\n"
      "  assay compare h100-sxm h200-sxm --price A=30kUSD --price B=35kUSD");
}

}  // namespace assay::cli::compare
