// assay compare A B [C...]: measurements against measurements, systems against systems.
#include "results/compare/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/check/contest_text.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/compare/sides.h"
#include "harness/cli/compare/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/page_file.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/claims/contest.h"
#include "results/claims/evidence.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb compare_verb;

namespace {

using nlohmann::ordered_json;
using results::compare::CompareTable;
using results::compare::Side;
using results::compare::Sort;

const std::map<std::string, results::compare::Sort> kSorts = {
    {"problem", Sort::problem}, {"ratio", Sort::ratio}, {"difference", Sort::difference}};

struct Options {
  std::vector<std::string> sides, prices;
  results::store::Filter filter;
  results::compare::CompareOptions compare;
  CatalogueChoice catalogue;
  std::string weights, html, db, sort = "problem";
  bool allow_missing = false, only_different = false, wide = false, force = false;
  bool json = false, csv = false, markdown = false;
};

void print(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

/// Whether the arguments name systems of the catalogue; all of them do, or none.
bool names_systems(const Options& options, const results::claims::Catalogue& catalogue) {
  std::string system, other;
  for (const std::string& side : options.sides) {
    (catalogue.systems.contains(side) ? system : other) = side;
  }
  if (!system.empty() && !other.empty()) {
    throw InputError(
        fmt::format("`{}` is a system of the catalogue, with published figures, and `{}` is none: "
                    "what was measured is not compared with what was published",
                    system, other),
        "`assay check` holds published claims against measurements");
  }
  return other.empty();
}

int compare_systems(const Options& options, const results::claims::Catalogue& catalogue) {
  if (!options.weights.empty() || !options.prices.empty() || !options.html.empty()) {
    throw InputError("--weights, --price and --html are for measurements, and these are systems",
                     "leave them out, or compare runs");
  }
  const results::store::StoreAddress store = store_address(options.db);
  std::vector<results::record::Record> records;
  if (!options.db.empty() || !store.is_missing()) {
    records = open_store(store, results::store::Access::read).newest();
  }
  results::claims::EvidenceIndex evidence(records);
  const auto table = results::claims::compare_systems(catalogue, options.sides, evidence);
  if (options.json) {
    print(to_json(table));
  } else {
    fmt::print("{}", options.csv        ? contest_csv(table)
                     : options.markdown ? contest_markdown(table)
                                        : contest_text(table));
  }
  return kDone;
}

/// Which side "A=…" or "NAME=…" means.
std::size_t side_of_price(const std::string& text,
                          const std::vector<results::compare::Side>& sides) {
  const std::string name = text.substr(0, text.rfind('='));
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (name == results::compare::side_letter(i) || name == sides[i].name) return i;
  }
  throw InputError(fmt::format("--price {}: names no side", text),
                   "write A=30000USD for the first, B= for the second");
}

void set_prices(const Options& options, const results::claims::Catalogue& catalogue,
                std::vector<results::compare::Side>& sides) {
  for (results::compare::Side& side : sides)
    side.price = results::compare::published_price(catalogue, side.records);
  for (const std::string& price : options.prices) {
    results::compare::Side& side = sides[side_of_price(price, sides)];
    side.price =
        results::compare::parse_price(price.substr(price.rfind('=') + 1), "--price " + price);
  }
  if (options.prices.empty()) return;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i].price) continue;
    const std::string letter = results::compare::side_letter(i);
    throw InputError(fmt::format("--price: {} ({}) has none, and none is published of its devices",
                                 letter, sides[i].name),
                     fmt::format("add --price {}=30000USD", letter));
  }
}

/// Which reasons left most out, in words.
std::string why_nothing(const results::compare::CompareTable& table) {
  std::map<results::compare::LeftOutReason, std::size_t> counts;
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const results::compare::LeftOut& one : comparison.left_out) ++counts[one.reason];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == counts.end()) return "name runs that measured the same problems";
  return fmt::format("{} times {}: {}", most->second, name(most->first), meaning(most->first));
}

results::compare::CompareTable compared(const Options& options,
                                        const results::claims::Catalogue& catalogue) {
  SideFinder finder(store_address(options.db), options.filter);
  std::vector<results::compare::Side> sides;
  for (const std::string& side : options.sides) sides.push_back(finder.find(side));
  set_prices(options, catalogue, sides);
  results::compare::CompareTable table =
      results::compare::compare(std::move(sides), options.compare);
  const bool any = std::any_of(
      table.comparisons.begin(), table.comparisons.end(),
      [](const results::compare::SideComparison& comparison) { return comparison.rows() > 0; });
  if (!any) {
    throw InputError("nothing is in common: " + contents_text(table), why_nothing(table));
  }
  return table;
}

int compare_records(const Options& options, const results::claims::Catalogue& catalogue) {
  std::optional<results::compare::Weights> weights;
  if (!options.weights.empty()) {
    weights = results::compare::read_weights(options.weights);
    weights->allow_missing = options.allow_missing;
  }
  std::optional<PageFile> page;
  if (!options.html.empty()) page.emplace("--html", options.html, options.force);
  results::compare::CompareTable table = compared(options, catalogue);
  if (weights) add_scores(table, std::move(*weights));
  const results::compare::CompareView view{kSorts.at(options.sort), options.only_different};
  if (page) {
    page->write(comparison_html(table, view,
                                {harness::environment::version_text(), results::store::now_utc()}));
    if (options.html == "-") return kDone;
  }
  if (options.json) {
    print(comparison_json(table, view));
  } else {
    const CompareStyle style{options.wide ? 1000 : harness::terminal::terminal_width(),
                             harness::terminal::use_colour(), options.wide};
    fmt::print("{}", options.csv        ? comparison_csv(table, view)
                     : options.markdown ? comparison_markdown(table, view)
                                        : comparison_text(table, view, style));
  }
  return kDone;
}

int run(const Options& options) {
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  if (options.sides.size() < 2) {
    throw InputError("a comparison takes two sides or more",
                     "name two runs (`assay show --runs` lists them) or two systems");
  }
  return names_systems(options, catalogue) ? compare_systems(options, catalogue)
                                           : compare_records(options, catalogue);
}

Names side_names() {
  Names names = run_ids();
  for (std::string& id : system_ids()) names.push_back(std::move(id));
  return names;
}

void add_views(CLI::App& app, Options& options) {
  app.add_flag("--only-different", options.only_different,
               "Only rows in which a difference is shown");
  auto* sort = app.add_option("--sort", options.sort,
                              "Order of rows: problem, ratio (gain of the other side first) or "
                              "difference (surest first)")
                   ->check(CLI::IsMember(kSorts));
  complete_with(sort, [] { return Names{"problem", "ratio", "difference"}; });
  app.add_flag("--wide", options.wide, "Full problem texts, and all that was left out");
  auto* csv = app.add_flag("--csv", options.csv, "Print CSV");
  auto* markdown = app.add_flag("--markdown", options.markdown, "Print Markdown")->excludes(csv);
  app.add_flag("--json", options.json, "Print JSON")->excludes(csv)->excludes(markdown);
  app.add_option("--html", options.html, "Write one HTML page too, - for standard output alone");
  app.add_flag("--force", options.force, "Replace a file that is not a page of Assay");
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(
      app.add_option(
          "sides", options->sides,
          "Two or more, the first the baseline: RUN (id, prefix, last or last~1), RUN@DEVICE, "
          "device:NAME, FILE.json; or systems"),
      side_names);
  complete_with(app.add_option_function<std::vector<std::string>>(
                       "--division",
                       [options](const std::vector<std::string>& names) {
                         options->compare.divisions =
                             results::record::require_named<results::record::Division>(
                                 names, "--division");
                       },
                       "Only this division (default all but reference)")
                    ->take_all(),
                division_names);
  complete_with(app.add_option("--operation", options->filter.operation, "Only this operation"),
                operation_names);
  app.add_option("--problem", options->filter.problem, "Only problems whose text contains this");
  app.add_flag("--modelled", options->compare.modelled,
               "Hold modelled and imported records against measured ones; rows say so");
  app.add_flag("--throttled", options->compare.throttled,
               "Compare records with launches at a low clock; rows say so");
  app.add_option("--price", options->prices, "What one device of a side costs: A=30000USD")
      ->take_all();
  auto* weights = app.add_option("--weights", options->weights,
                                 "TOML file of [[weight]] problem, weight: adds a score");
  app.add_flag("--allow-missing", options->allow_missing,
               "Form the score without problems that were not compared")
      ->needs(weights);
  add_views(app, *options);
  app.add_option("--db", options->db, "Store to read");
  add_catalogue_options(app, options->catalogue);
  app.footer(
      "Compared are verified results of equal problems, within one division and mode.\n"
      "A ratio is of rates, the other side's over the baseline's, with its 95%\n"
      "interval; where that includes 1 no difference is shown.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb compare_verb = {"compare", "Compare runs, devices or systems with each other", add};

}  // namespace assay::cli
