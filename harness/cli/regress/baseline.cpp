#include "harness/cli/regress/baseline.h"

#include <fmt/format.h>

#include "harness/cli/common.h"
#include "harness/cli/compare/sides.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/compare/compare.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::regress {

namespace {

using results::compare::ComparedProblem;
using results::statistics::Ratio;

enum class Outcome { regression, improvement, none, not_judged };

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::regression:
      return "regression";
    case Outcome::improvement:
      return "improvement";
    case Outcome::none:
      return "none";
    case Outcome::not_judged:
      return "not judged";
  }
  return "";
}

Outcome outcome_of(const ComparedProblem& row, double minimum_effect) {
  if (!row.not_judged.empty()) return Outcome::not_judged;
  if (row.few_samples) return Outcome::none;
  const results::statistics::Interval time = inverse(row.speed).interval;
  if (time.lower > 1 + minimum_effect) return Outcome::regression;
  if (time.upper < 1 - minimum_effect) return Outcome::improvement;
  return Outcome::none;
}

std::string row_text(const ComparedProblem& row, Outcome outcome) {
  const Ratio time = inverse(row.speed);
  const auto change = [](double ratio) { return results::page::change_text(ratio - 1); };
  return fmt::format(
      "{}\n{}{}{}", name(outcome),
      harness::terminal::wrapped(
          fmt::format("{} · {}, {}", results::record::brief_problem(row.problem()),
                      row.other.record->implementation.name, name(row.other.record->settings.mode)),
          2),
      harness::terminal::wrapped(
          fmt::format("{} time [{}, {}]: {} to {}", change(time.value), change(time.interval.lower),
                      change(time.interval.upper),
                      results::compare::speed_text(*row.baseline.record),
                      results::compare::speed_text(*row.other.record)),
          4),
      row.not_judged.empty() ? std::string() : harness::terminal::wrapped(row.not_judged, 4));
}

struct OutcomeCounts {
  std::size_t rows = 0, regressions = 0, improvements = 0, not_judged = 0;

  void add(Outcome outcome) {
    ++rows;
    regressions += outcome == Outcome::regression ? 1 : 0;
    improvements += outcome == Outcome::improvement ? 1 : 0;
    not_judged += outcome == Outcome::not_judged ? 1 : 0;
  }
};

nlohmann::ordered_json row_json(const ComparedProblem& row, results::record::Mode mode,
                                Outcome outcome) {
  const Ratio time = inverse(row.speed);
  return {{"problem", row.problem()},
          {"implementation", row.other.record->implementation.name},
          {"mode", name(mode)},
          {"time_ratio", time.value},
          {"interval", {time.interval.lower, time.interval.upper}},
          {"outcome", name(outcome)},
          {"reason", row.not_judged}};
}

std::string counts_text(const OutcomeCounts& counts, const BaselineChoice& choice) {
  return harness::terminal::wrapped(
      fmt::format(
          "{} and {} certainly larger than {}, of {} ({} against {}){}. A difference needs three "
          "processes a side: `assay run --repeat 3`, or runs joined as RUN+RUN+RUN. `assay "
          "regress` without --baseline looks at the history.",
          results::page::counted(counts.regressions, "regression"),
          results::page::counted(counts.improvements, "improvement"),
          results::page::target_text(choice.choice.minimum_effect),
          results::page::counted(counts.rows, "compared problem"), choice.run, choice.baseline,
          counts.not_judged == 0 ? std::string()
                                 : fmt::format("; {} not judged", counts.not_judged)),
      0);
}

results::compare::CompareTable compared_with_baseline(const BaselineChoice& choice) {
  compare::SideFinder finder(store_address(choice.choice.db), choice.choice.filter);
  std::vector<results::compare::Side> sides = {finder.find(choice.baseline),
                                               finder.find(choice.run)};
  results::compare::CompareTable table = results::compare::compare(std::move(sides), {});
  if (table.comparisons.front().rows() == 0) {
    throw InputError(fmt::format("--baseline {}: has no verified result in common with {}",
                                 choice.baseline, choice.run),
                     contents_text(table));
  }
  return table;
}

}  // namespace

int compare_with_baseline(const BaselineChoice& choice) {
  const double minimum = choice.choice.minimum_effect;
  const results::compare::CompareTable table = compared_with_baseline(choice);
  OutcomeCounts counts;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const results::compare::ComparedGroup& group : table.comparisons.front().groups) {
    for (const ComparedProblem& row : group.rows) {
      const Outcome outcome = outcome_of(row, minimum);
      counts.add(outcome);
      if (choice.json) {
        rows.push_back(row_json(row, group.mode, outcome));
      } else if (outcome != Outcome::none) {
        fmt::print("{}", row_text(row, outcome));
      }
    }
  }
  if (choice.json) {
    const nlohmann::ordered_json out = {
        {"baseline", choice.baseline},     {"run", choice.run},
        {"minimum_effect", minimum},       {"regressions", counts.regressions},
        {"not_judged", counts.not_judged}, {"rows", rows}};
    fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", counts_text(counts, choice));
  }
  if (counts.regressions > 0) return kFinding;
  return counts.not_judged == counts.rows ? kNothingRan : kDone;
}

}  // namespace assay::cli::regress
