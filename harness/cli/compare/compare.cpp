// assay compare A B [C...]: measurements against measurements, systems against systems.
#include "results/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "harness/cli/check/contest_text.h"
#include "harness/cli/common.h"
#include "harness/cli/compare/arguments.h"
#include "harness/cli/compare/nothing_in_common.h"
#include "harness/cli/compare/side_names.h"
#include "harness/cli/compare/sides.h"
#include "harness/cli/compare/systems_text.h"
#include "harness/cli/compare/text.h"
#include "harness/cli/hints.h"
#include "harness/cli/page_file.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/claims/contest.h"
#include "results/claims/evidence.h"
#include "results/compare/published.h"
#include "results/compare/systems.h"
#include "results/compare/words.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::cli::compare {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::compare::CompareTable;
using results::compare::Side;

void print(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

bool is_system(const std::string& side, const results::claims::Catalogue& catalogue) {
  return catalogue.systems.contains(side);
}

/// The side that --price or --power names: by name, by letter, or as it was given.
template <class Side>
std::size_t side_named(const std::string& name, const std::string& option,
                       const std::vector<Side>& sides, const Arguments& arguments) {
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (name == sides[i].label || name == arguments.sides[i]) return i;
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    if (name == results::compare::side_letter(i)) return i;
  }
  throw InputError(fmt::format("{} {}=…: there is no side {}", option, name, name),
                   "give a side's --name, or A for the first side, B for the second");
}

/// Sets the stated prices and powers. Throws InputError if one is stated twice, or if there are
/// some and a side has none.
template <class Side>
void set_stated(const Arguments& arguments, std::vector<Side>& sides) {
  const auto set = [&](const auto& stated, const char* option, const char* example, auto member) {
    std::vector<bool> done(sides.size());
    for (const auto& [name, value] : stated) {
      const std::size_t side = side_named(name, option, sides, arguments);
      if (done[side]) {
        throw InputError(fmt::format("{} {}=…: is given twice", option, name),
                         "give one figure a side");
      }
      done[side] = true;
      sides[side].*member = value;
    }
    for (std::size_t i = 0; i < sides.size() && !stated.empty(); ++i) {
      if (sides[i].*member) continue;
      throw InputError(
          fmt::format("{}: none is given for {} ({}), and none is published for its "
                      "devices",
                      option, results::compare::side_letter(i), arguments.sides[i]),
          fmt::format("add {} {}={}", option, results::compare::side_letter(i), example));
    }
  };
  set(arguments.prices, "--price", "30000USD", &Side::price);
  set(arguments.powers, "--power", "700W", &Side::power);
}

CompareStyle style_of(const Arguments& arguments) {
  return {arguments.wide ? 1000 : harness::terminal::terminal_width(),
          harness::terminal::use_colour(), arguments.wide, arguments.all};
}

results::compare::ComparePage page_facts() {
  return {harness::environment::version_text(), results::store::now_utc()};
}

results::compare::SystemsTable systems_compared(const Arguments& arguments,
                                                const results::claims::Catalogue& catalogue) {
  const results::store::StoreAddress store = store_address(arguments.db);
  std::vector<results::record::Record> records;
  if (arguments.db || !store.is_missing()) {
    records = open_store(store, results::store::Access::read).newest();
  }
  results::claims::EvidenceIndex evidence(catalogue, records);
  const auto findings = results::claims::audit(catalogue);
  auto contest = results::claims::compare_systems(catalogue, arguments.sides, evidence, findings);
  std::vector<results::compare::Side> named(arguments.sides.size());
  name_sides(named, arguments.names);
  std::vector<results::compare::SystemSide> sides;
  for (std::size_t i = 0; i < arguments.sides.size(); ++i) {
    const results::claims::System& system = *contest.systems[i];
    sides.push_back({&system, named[i].label.empty() ? system.name : named[i].label,
                     results::compare::price_of(system), results::compare::power_of(system)});
  }
  set_stated(arguments, sides);
  auto table = results::compare::systems_table(std::move(contest), std::move(sides));
  table.power_given = !arguments.powers.empty();
  return table;
}

int compare_systems(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  if (!arguments.weights.empty()) {
    throw InputError("--weights: weights are of problems, and systems have metrics",
                     "leave it out, or compare runs");
  }
  if (arguments.require_judgement) {
    throw InputError("--require-judgement: published figures are not judged",
                     "leave it out, or compare runs");
  }
  std::optional<PageFile> page;
  if (!arguments.page.file.empty())
    page.emplace("--html", arguments.page.file, arguments.page.force);
  const results::compare::SystemsTable table = systems_compared(arguments, catalogue);
  if (page) {
    page->write(systems_html(table, page_facts()));
    if (arguments.page.file == "-") return kDone;
  }
  if (arguments.json) {
    print(systems_json(table));
  } else {
    fmt::print("{}", arguments.csv        ? check::contest_csv(table.contest)
                     : arguments.markdown ? systems_markdown(table)
                                          : systems_text(table, style_of(arguments)));
  }
  return kDone;
}

/// The sides in their order; published systems among them are modelled for the others' problems.
std::vector<Side> sides_of(const Arguments& arguments,
                           const results::claims::Catalogue& catalogue) {
  SideFinder finder(store_address(arguments.db), arguments.filter, arguments.signers);
  std::vector<Side> measured;
  for (const std::string& side : arguments.sides) {
    if (is_system(side, catalogue)) continue;
    measured.push_back(finder.find(side));
    measured.back().price = results::compare::published_price(catalogue, measured.back().records);
    if (!arguments.powers.empty()) {
      measured.back().power = results::compare::published_power(catalogue, measured.back().records);
    }
  }
  std::vector<Side> published;
  for (const std::string& side : arguments.sides) {
    if (!is_system(side, catalogue)) continue;
    const results::claims::System& system = results::claims::find_system(catalogue, side);
    published.push_back(results::compare::side_of_system(system, measured));
    if (!arguments.powers.empty()) published.back().power = results::compare::power_of(system);
  }
  std::vector<Side> sides;
  auto next_measured = measured.begin(), next_published = published.begin();
  for (const std::string& side : arguments.sides) {
    sides.push_back(std::move(is_system(side, catalogue) ? *next_published++ : *next_measured++));
  }
  return sides;
}

CompareTable compared(const Arguments& arguments, const results::claims::Catalogue& catalogue) {
  std::vector<Side> sides = sides_of(arguments, catalogue);
  name_sides(sides, arguments.names);
  set_stated(arguments, sides);
  results::compare::CompareOptions options = arguments.compare;
  for (const std::string& side : arguments.sides) options.modelled |= is_system(side, catalogue);
  CompareTable table =
      with_hint("`assay show --runs` lists the runs; RUN@DEVICE is one device of a run",
                [&] { return results::compare::compare(std::move(sides), options); });
  const bool any = std::any_of(
      table.comparisons.begin(), table.comparisons.end(),
      [](const results::compare::SideComparison& comparison) { return !comparison.best.empty(); });
  if (!any) {
    throw InputError("the sides have nothing in common: " + contents_text(table),
                     why_nothing_in_common(table));
  }
  return table;
}

/// The exit code of --require-judgement; says on stderr what is not judged.
int code_of_judgement(const CompareTable& table) {
  std::size_t rows = 0, open = 0;
  std::string why;
  for (const results::compare::SideComparison& comparison : table.comparisons) {
    for (const results::compare::ComparedGroup& group : comparison.best) {
      for (const results::compare::ComparedProblem& row : group.rows) {
        ++rows;
        open += row.difference == results::statistics::Difference::not_judged ? 1 : 0;
      }
    }
    if (why.empty()) why = not_judged_text(comparison.best);
  }
  if (open == 0) return kDone;
  fmt::print(stderr, "{}",
             harness::terminal::wrapped(
                 fmt::format("--require-judgement: {} of {} not judged: {}; measure each side with "
                             "`assay run --repeat 3` on a quiet machine, or join runs: RUN+RUN+RUN",
                             open, results::page::counted(rows, "problem"), why),
                 0));
  return open == rows ? kNothingRan : kFinding;
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
  if (weights) add_scores(table, std::move(*weights));
  const results::compare::CompareView view{arguments.sort, arguments.only_different};
  if (page) {
    page->write(comparison_html(table, view, page_facts()));
  }
  const int code = arguments.require_judgement ? code_of_judgement(table) : kDone;
  if (page && arguments.page.file == "-") return code;
  if (arguments.json) {
    print(comparison_json(table, view));
  } else {
    fmt::print("{}", arguments.csv        ? comparison_csv(table, view)
                     : arguments.markdown ? comparison_markdown(table, view)
                                          : comparison_text(table, view, style_of(arguments)));
  }
  return code;
}

int run(Arguments arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  for (std::string& side : arguments.sides) {
    side = side_with_id(side, catalogue, store_address(arguments.db));
  }
  if (arguments.sides.size() < 2) {
    throw InputError("a comparison needs two or more sides",
                     "name two runs (`assay show --runs` lists them) or two systems");
  }
  const bool systems = std::ranges::all_of(
      arguments.sides, [&](const std::string& side) { return is_system(side, catalogue); });
  return systems ? compare_systems(arguments, catalogue) : compare_records(arguments, catalogue);
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  add_arguments(options, *arguments);
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"compare", "Compare runs, devices or systems with each other", add,
                   VerbGroup::decide};

}  // namespace assay::cli::compare
