// assay suites [SUITE]: all suites, or the problems of one.
#include <fmt/format.h>

#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/common_options.h"
#include "harness/cli/progress.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/plan/suite.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/wrapped.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::suites {
extern const Verb verb;

namespace {

using harness::plan::Suite;
using harness::plan::SuiteProblem;
using nlohmann::ordered_json;

struct Arguments {
  std::string name;
  bool json = false;
};

std::vector<Suite> all_suites() {
  std::vector<Suite> suites;
  for (const EmbeddedFile& file : harness::plan::suite_files()) {
    suites.push_back(harness::plan::parse_suite(file.text, std::string(file.name)));
  }
  return suites;
}

ordered_json to_json(const SuiteProblem& problem) {
  const harness::plan::MeasurementOptions& options = problem.measurement;
  ordered_json out = {{"problem", problem.problem.text()},
                      {"label", problem.label},
                      {"mode", nullptr},
                      {"target", nullptr},
                      {"budget_seconds", nullptr},
                      {"implementations", options.implementations},
                      {"divisions", ordered_json::array()}};
  for (const auto division : options.divisions) out["divisions"].push_back(name(division));
  if (options.mode) out["mode"] = name(*options.mode);
  if (options.target) out["target"] = *options.target;
  if (options.budget_seconds) out["budget_seconds"] = *options.budget_seconds;
  return out;
}

ordered_json to_json(const Suite& suite, bool with_problems) {
  ordered_json out = {{"name", suite.name},
                      {"description", suite.description},
                      {"problem_count", suite.problems.size()}};
  if (!with_problems) return out;
  out["problems"] = ordered_json::array();
  for (const SuiteProblem& problem : suite.problems) out["problems"].push_back(to_json(problem));
  return out;
}

std::string problem_count(const Suite& suite) {
  return results::page::counted(suite.problems.size(), "problem");
}

void print_list() {
  for (const Suite& suite : all_suites()) {
    fmt::print("{:<16} {}\n{}", suite.name, problem_count(suite),
               harness::terminal::wrapped(suite.description, 4));
  }
  fmt::print("\n`assay suites SUITE` lists its problems, `assay run --suite SUITE` measures it.\n");
}

void print_suite(const Suite& suite) {
  fmt::print("{}: {}\n{}", suite.name, problem_count(suite),
             harness::terminal::wrapped(suite.description, 4));
  std::string label;
  for (const SuiteProblem& problem : suite.problems) {
    if (problem.label != label) fmt::print("\n{}\n", label = problem.label);
    const std::string_view mode = problem.measurement.mode ? name(*problem.measurement.mode) : "";
    fmt::print("{}", harness::terminal::wrapped(fmt::format("{}{}{}", problem.problem.text(),
                                                            mode.empty() ? "" : ", ", mode),
                                                2));
  }
}

int run(const Arguments& arguments) {
  if (arguments.name.empty()) {
    if (!arguments.json) {
      print_list();
      return kDone;
    }
    ordered_json list = ordered_json::array();
    for (const Suite& suite : all_suites()) list.push_back(to_json(suite, false));
    fmt::print("{}\n", ordered_json{{"suites", list}}.dump(2));
    return kDone;
  }
  const Suite suite = harness::plan::load_suite(arguments.name);
  if (arguments.json) {
    fmt::print("{}\n", to_json(suite, true).dump(2));
  } else {
    print_suite(suite);
  }
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->name, suite_name(), "A suite, or a TOML file").default_rule =
      "list all suites";
  add_json_option(options, arguments->json);
  options.footer(
      "Examples:\n  assay suites\n  assay suites llm\n  assay suites ./mine.toml --json");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"suites", "List the suites, or the problems of one", add, VerbGroup::measure};

}  // namespace assay::cli::suites
