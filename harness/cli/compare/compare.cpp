// assay compare A B [C...]: measurements against measurements, systems against systems.
#include "results/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/check/contest_text.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/compare/sides.h"
#include "harness/cli/compare/text.h"
#include "harness/cli/hints.h"
#include "harness/cli/page_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/claims/contest.h"
#include "results/claims/evidence.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::cli::compare {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::compare::CompareTable;
using results::compare::Side;
using results::compare::Sort;

const std::vector<std::pair<std::string, Sort>> kSorts = {
    {"problem", Sort::problem}, {"ratio", Sort::ratio}, {"difference", Sort::difference}};

/// The price that --price states for one device of a side.
struct SidePrice {
  std::string side;  ///< "A", or the side's name
  results::compare::Price price;
};

Kind<SidePrice> side_price() {
  return {.name = "SIDE=PRICE", .read = [](const std::string& text, const std::string& place) {
            const std::size_t equals = text.rfind('=');
            if (equals == std::string::npos) {
              throw InputError(fmt::format("{} {}: does not name a side", place, text),
                               "write A=30000USD for the first side, B=… for the second");
            }
            return SidePrice{
                text.substr(0, equals),
                results::compare::parse_price(text.substr(equals + 1), place + " " + text)};
          }};
}

struct Arguments {
  std::vector<std::string> sides;
  std::vector<SidePrice> prices;
  results::store::Filter filter;
  results::compare::CompareOptions compare;
  CatalogueChoice catalogue;
  std::string weights;
  PageChoice page;
  std::optional<results::store::StoreAddress> db;
  Sort sort = Sort::problem;
  bool allow_missing = false, only_different = false, wide = false, require_judgement = false;
  bool json = false, csv = false, markdown = false;
};

void print(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

/// Whether all sides are systems of the catalogue. Throws InputError where only some are.
bool names_systems(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  std::string system, other;
  for (const std::string& side : arguments.sides) {
    (catalogue.systems.contains(side) ? system : other) = side;
  }
  if (!system.empty() && !other.empty()) {
    throw InputError(
        fmt::format("`{}` is a system of the catalogue, but `{}` is not: measurements are not "
                    "compared with published figures",
                    system, other),
        "`assay check` judges published claims by measurements");
  }
  return other.empty();
}

int compare_systems(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  if (!arguments.weights.empty() || !arguments.prices.empty() || !arguments.page.file.empty()) {
    throw InputError("--weights, --price and --html do not apply to systems",
                     "leave them out, or compare runs");
  }
  const results::store::StoreAddress store = store_address(arguments.db);
  std::vector<results::record::Record> records;
  if (arguments.db || !store.is_missing()) {
    records = open_store(store, results::store::Access::read).newest();
  }
  results::claims::EvidenceIndex evidence(catalogue, records);
  const auto findings = results::claims::audit(catalogue);
  const auto table =
      results::claims::compare_systems(catalogue, arguments.sides, evidence, findings);
  if (arguments.json) {
    print(check::to_json(table));
  } else {
    fmt::print("{}", arguments.csv        ? check::contest_csv(table)
                     : arguments.markdown ? check::contest_markdown(table)
                                          : check::contest_text(table));
  }
  return kDone;
}

std::size_t side_of_price(const std::string& name, const std::vector<Side>& sides) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (name == results::compare::side_letter(i) || name == sides[i].name) return i;
  }
  throw InputError(fmt::format("--price {}=…: there is no side {}", name, name),
                   "write A=30000USD for the first side, B=… for the second");
}

void set_prices(const Arguments& arguments, const results::claims::Catalogue& catalogue,
                std::vector<Side>& sides) {
  for (Side& side : sides) side.price = results::compare::published_price(catalogue, side.records);
  for (const auto& [name, price] : arguments.prices) {
    sides[side_of_price(name, sides)].price = price;
  }
  if (arguments.prices.empty()) return;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (sides[i].price) continue;
    const std::string letter = results::compare::side_letter(i);
    throw InputError(
        fmt::format("--price: none is given for {} ({}), and none is published for its "
                    "devices",
                    letter, sides[i].name),
        fmt::format("add --price {}=30000USD", letter));
  }
}

/// The most frequent reason why records were left out.
std::string why_nothing(const CompareTable& table) {
  std::map<results::compare::LeftOutReason, std::size_t> counts;
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const results::compare::LeftOut& one : comparison.left_out) ++counts[one.reason];
  }
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == counts.end()) return "name runs that measured the same problems";
  return fmt::format("{} times {}: {}", most->second, name(most->first),
                     left_out_meaning(most->first));
}

CompareTable compared(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  SideFinder finder(store_address(arguments.db), arguments.filter);
  std::vector<Side> sides;
  for (const std::string& side : arguments.sides) sides.push_back(finder.find(side));
  set_prices(arguments, catalogue, sides);
  CompareTable table =
      with_hint("`assay show --runs` lists the runs; RUN@DEVICE is one device of a run",
                [&] { return results::compare::compare(std::move(sides), arguments.compare); });
  const bool any = std::any_of(
      table.comparisons.begin(), table.comparisons.end(),
      [](const results::compare::SideComparison& comparison) { return comparison.rows() > 0; });
  if (!any) {
    throw InputError("the sides have nothing in common: " + contents_text(table),
                     why_nothing(table));
  }
  return table;
}

/// Throws InputError if a row is not judged for lack of processes.
void require_processes(const CompareTable& table) {
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const results::compare::ComparedGroup& group : comparison.groups) {
      for (const results::compare::ComparedProblem& row : group.rows) {
        if (!row.few_processes) continue;
        throw InputError(fmt::format("--require-judgement: {}: {}, and {} a side are needed",
                                     results::record::brief_problem(row.problem()), row.not_judged,
                                     results::statistics::kFewestProcesses),
                         "measure each side with `assay run --repeat 3`, or join runs: "
                         "RUN+RUN+RUN");
      }
    }
  }
}

int compare_records(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  std::optional<results::compare::Weights> weights;
  if (!arguments.weights.empty()) {
    weights = results::compare::read_weights(arguments.weights);
    weights->allow_missing = arguments.allow_missing;
  }
  std::optional<PageFile> page;
  if (!arguments.page.file.empty())
    page.emplace("--html", arguments.page.file, arguments.page.force);
  CompareTable table = compared(arguments, catalogue);
  if (arguments.require_judgement) require_processes(table);
  if (weights) add_scores(table, std::move(*weights));
  const results::compare::CompareView view{arguments.sort, arguments.only_different};
  if (page) {
    page->write(comparison_html(table, view,
                                {harness::environment::version_text(), results::store::now_utc()}));
    if (arguments.page.file == "-") return kDone;
  }
  if (arguments.json) {
    print(comparison_json(table, view));
  } else {
    const CompareStyle style{arguments.wide ? 1000 : harness::terminal::terminal_width(),
                             harness::terminal::use_colour(), arguments.wide};
    fmt::print("{}", arguments.csv        ? comparison_csv(table, view)
                     : arguments.markdown ? comparison_markdown(table, view)
                                          : comparison_text(table, view, style));
  }
  return kDone;
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  if (arguments.sides.size() < 2) {
    throw InputError("a comparison needs two or more sides",
                     "name two runs (`assay show --runs` lists them) or two systems");
  }
  return names_systems(arguments, catalogue) ? compare_systems(arguments, catalogue)
                                             : compare_records(arguments, catalogue);
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
  options.flag("--wide", arguments.wide, "Show full problem texts and everything left out");
  Option& csv = options.flag("--csv", arguments.csv, "Print CSV");
  Option& markdown = options.flag("--markdown", arguments.markdown, "Print Markdown");
  markdown.excludes = {&csv};
  add_json_option(options, arguments.json).excludes = {&csv, &markdown};
  add_page_options(options, arguments.page, "Also write an HTML page; - prints only the page");
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(
      arguments->sides, text("SIDE", side_names),
      "What to compare, the baseline first: RUN (its id, the id's first digits, last "
      "or last~1), RUN@DEVICE, RUN+RUN+RUN, device:NAME or FILE.json; or only systems");
  options.option("--division", arguments->compare.divisions, division(), "Only this division")
      .default_rule = "all but reference";
  options.option("--operation", arguments->filter.operation, operation_name(),
                 "Only this operation, e.g. matmul");
  options.option("--problem", arguments->filter.problem, text("TEXT"),
                 "Only problems that contain TEXT");
  options.flag("--modelled", arguments->compare.modelled,
               "Also compare modelled and imported records with measured ones; rows mark them");
  options.flag("--doubtful", arguments->compare.doubtful,
               "Also judge doubtful records (busy machine, low clock, drift, …); rows mark them");
  options.flag("--require-judgement", arguments->require_judgement,
               "Fail if a side has too few processes for a judgement");
  options.option("--price", arguments->prices, side_price(),
                 "Price of one device of a side, e.g. A=30000USD");
  Option& weights = options.option("--weights", arguments->weights, file(),
                                   "TOML file with [[weight]] entries (problem, weight): adds a "
                                   "score");
  options
      .flag("--allow-missing", arguments->allow_missing,
            "Compute the score without problems that were not compared")
      .needs = {&weights};
  add_views(options, *arguments);
  add_store_option(options, arguments->db, "read");
  add_catalogue_options(options, arguments->catalogue);
  options.footer(
      "Compares verified results of equal problems within one division and mode. A\n"
      "ratio is the rate of the other side divided by the rate of the baseline, with\n"
      "its 95% interval; an interval that includes 1 shows no difference. One is\n"
      "told only from three processes a side, as `assay run --repeat 3` measures them:\n"
      "two runs of one program differ by what varies between processes. Of a doubtful\n"
      "record (see `assay show`) the ratio is shown and not judged.\n"
      "--sort ratio: largest gain of the other side first; difference: most certain\n"
      "first.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"compare", "Compare runs, devices or systems with each other", add};

}  // namespace assay::cli::compare
