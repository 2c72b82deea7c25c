#include "harness/cli/baseline.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/cli/common.h"
#include "harness/cli/compare_sides.h"
#include "harness/cli/verb.h"
#include "harness/quantities.h"
#include "harness/wrapped.h"
#include "kernels/error.h"
#include "results/compare/compare.h"
#include "results/listing.h"
#include "results/report/text.h"

namespace assay::cli {

namespace {

using results::ComparedProblem;
using results::Ratio;

enum class Outcome { regression, improvement, none };

Outcome outcome_of(const ComparedProblem& row, double minimum_effect) {
  if (row.few_samples) return Outcome::none;
  const results::Interval time = inverse(row.speed).interval;
  if (time.lower > 1 + minimum_effect) return Outcome::regression;
  if (time.upper < 1 - minimum_effect) return Outcome::improvement;
  return Outcome::none;
}

std::string row_text(const ComparedProblem& row, Outcome outcome) {
  const Ratio time = inverse(row.speed);
  const auto change = [](double ratio) { return fmt::format("{:+.1f}", 100 * (ratio - 1)); };
  return fmt::format(
      "{}\n{}{}", outcome == Outcome::regression ? "regression" : "improvement",
      harness::wrapped(
          fmt::format("{} · {}, {}", results::brief_problem(row.problem()),
                      row.other.record->implementation.name, row.other.record->settings.mode),
          2),
      harness::wrapped(fmt::format("{}% time [{}, {}]: {} to {}", change(time.value),
                                   change(time.interval.lower), change(time.interval.upper),
                                   speed_text(*row.baseline.record), speed_text(*row.other.record)),
                       4));
}

}  // namespace

int compare_with_baseline(const BaselineChoice& choice) {
  const double minimum = harness::parse_share(choice.choice.minimum_effect, "--min-effect");
  SideFinder finder(store_address(choice.choice.db), choice.choice.filter);
  std::vector<results::Side> sides = {finder.find(choice.baseline), finder.find(choice.run)};
  results::CompareOptions options;
  const results::CompareTable table = compare(std::move(sides), options);
  if (table.comparisons.front().rows() == 0) {
    throw InputError(fmt::format("--baseline {}: has no verified result of a problem that {} has",
                                 choice.baseline, choice.run),
                     contents_text(table));
  }
  std::size_t regressions = 0, improvements = 0;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const results::ComparedGroup& group : table.comparisons.front().groups) {
    for (const ComparedProblem& row : group.rows) {
      const Outcome outcome = outcome_of(row, minimum);
      regressions += outcome == Outcome::regression ? 1 : 0;
      improvements += outcome == Outcome::improvement ? 1 : 0;
      const Ratio time = inverse(row.speed);
      if (choice.json) {
        rows.push_back({{"problem", row.problem()},
                        {"implementation", row.other.record->implementation.name},
                        {"mode", group.mode},
                        {"time_ratio", time.value},
                        {"interval", {time.interval.lower, time.interval.upper}},
                        {"outcome", outcome == Outcome::regression    ? "regression"
                                    : outcome == Outcome::improvement ? "improvement"
                                                                      : "none"}});
      } else if (outcome != Outcome::none) {
        fmt::print("{}", row_text(row, outcome));
      }
    }
  }
  if (choice.json) {
    const nlohmann::ordered_json out = {{"baseline", choice.baseline},
                                        {"run", choice.run},
                                        {"minimum_effect", minimum},
                                        {"regressions", regressions},
                                        {"rows", rows}};
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print(
        "{}",
        harness::wrapped(
            fmt::format(
                "{} and {} beyond {} for certain, of {} ({} against {}). One run against one: what "
                "varies "
                "between runs is not in the intervals; `assay regress` alone looks at the history.",
                results::counted(regressions, "regression"),
                results::counted(improvements, "improvement"), choice.choice.minimum_effect,
                results::counted(table.comparisons.front().rows(), "compared problem"), choice.run,
                choice.baseline),
            0));
  }
  return regressions > 0 ? kFellShort : kDone;
}

}  // namespace assay::cli
