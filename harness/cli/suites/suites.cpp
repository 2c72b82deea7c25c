// assay suites [NAME]: the suites there are, or one suite's problems.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/progress.h"
#include "harness/cli/verb.h"
#include "harness/plan/suite.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/wrapped.h"

namespace assay::cli {
extern const Verb suites_verb;

namespace {

using harness::plan::Suite;
using harness::plan::SuiteProblem;
using nlohmann::ordered_json;

struct Options {
  std::string name;
  bool json = false;
};

std::vector<harness::plan::Suite> all_suites() {
  std::vector<harness::plan::Suite> suites;
  for (const EmbeddedFile& file : harness::plan::suite_files()) {
    suites.push_back(harness::plan::parse_suite(file.text, std::string(file.name)));
  }
  return suites;
}

ordered_json to_json(const harness::plan::SuiteProblem& problem) {
  const harness::plan::Wishes& wishes = problem.wishes;
  ordered_json out = {{"problem", problem.problem.text()},
                      {"label", problem.label},
                      {"mode", nullptr},
                      {"target", nullptr},
                      {"budget_seconds", nullptr},
                      {"implementations", wishes.implementations},
                      {"divisions", ordered_json::array()}};
  for (const auto division : wishes.divisions) out["divisions"].push_back(name(division));
  if (wishes.mode) out["mode"] = name(*wishes.mode);
  if (wishes.target) out["target"] = *wishes.target;
  if (wishes.budget_seconds) out["budget_seconds"] = *wishes.budget_seconds;
  return out;
}

ordered_json to_json(const harness::plan::Suite& suite, bool with_problems) {
  ordered_json out = {{"name", suite.name},
                      {"description", suite.description},
                      {"problem_count", suite.problems.size()}};
  if (!with_problems) return out;
  out["problems"] = ordered_json::array();
  for (const harness::plan::SuiteProblem& problem : suite.problems)
    out["problems"].push_back(to_json(problem));
  return out;
}

void print_list() {
  for (const harness::plan::Suite& suite : all_suites()) {
    fmt::print("{:<16} {} problems\n{}", suite.name, suite.problems.size(),
               harness::terminal::wrapped(suite.description, 4));
  }
  fmt::print("\n`assay suites NAME` lists its problems, `assay run --suite NAME` measures them.\n");
}

void print_suite(const harness::plan::Suite& suite) {
  fmt::print("{}: {} problems\n{}", suite.name, suite.problems.size(),
             harness::terminal::wrapped(suite.description, 4));
  std::string label;
  for (const harness::plan::SuiteProblem& problem : suite.problems) {
    if (problem.label != label) fmt::print("\n{}\n", label = problem.label);
    const std::string_view mode = problem.wishes.mode ? name(*problem.wishes.mode) : "";
    fmt::print("{}", harness::terminal::wrapped(fmt::format("{}{}{}", problem.problem.text(),
                                                            mode.empty() ? "" : ", ", mode),
                                                2));
  }
}

int run(const Options& options) {
  if (options.name.empty()) {
    if (!options.json) {
      print_list();
      return kDone;
    }
    ordered_json list = ordered_json::array();
    for (const harness::plan::Suite& suite : all_suites()) list.push_back(to_json(suite, false));
    fmt::print("{}\n", ordered_json{{"suites", list}}.dump(2));
    return kDone;
  }
  const harness::plan::Suite suite = harness::plan::load_suite(options.name);
  if (options.json) {
    fmt::print("{}\n", to_json(suite, true).dump(2));
  } else {
    print_suite(suite);
  }
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("name", options->name,
                               "A suite, or the path of a TOML file; all if not named"),
                suite_names);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer("Examples:\n  assay suites\n  assay suites llm\n  assay suites ./mine.toml --json");
  return [options] { return run(*options); };
}

}  // namespace

const Verb suites_verb = {"suites", "List the suites, or one suite's problems", add};

}  // namespace assay::cli
