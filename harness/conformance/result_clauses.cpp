// Clauses about results, for each operation.
#include <fmt/format.h>

#include <set>

#include "harness/conformance/subject.h"

namespace assay::harness::conformance {
namespace {

constexpr const char* kModelled = "modelled: nothing runs, so there is no result to check";

/// Fails if `found` is not empty in any trial, with the first such trial and their number.
Finding judge(const std::vector<Trial>& trials, std::string Trial::*found) {
  if (trials.empty()) return {Verdict::absent, "no implementation is offered"};
  std::size_t bad = 0;
  std::string first;
  std::set<std::string> names;
  for (const Trial& trial : trials) {
    names.insert(trial.implementation);
    if ((trial.*found).empty()) continue;
    if (bad++ == 0) {
      first = fmt::format("{}, {}: {}", trial.problem, trial.implementation, trial.*found);
    }
  }
  require(bad == 0, fmt::format("{} of {} cases, first {}", bad, trials.size(), first));
  return {Verdict::fulfilled,
          fmt::format("{} cases, {} implementations", trials.size(), names.size())};
}

/// The trials whose first launch ended without an error.
std::vector<Trial> launched(const std::vector<Trial>& trials) {
  std::vector<Trial> out;
  for (const Trial& trial : trials) {
    if (trial.launched) out.push_back(trial);
  }
  if (out.empty() && !trials.empty()) throw MissingPrerequisite("nothing could be launched");
  return out;
}

Finding judge_changed(const std::vector<Trial>& trials) {
  std::vector<Trial> changed;
  for (const Trial& trial : trials) {
    if (trial.changed) changed.push_back(trial);
  }
  if (!changed.empty()) return judge(changed, &Trial::wrong_changed);
  return {Verdict::absent, "no right result of inputs that may change"};
}

Finding judge_again(const std::vector<Trial>& trials) {
  const Finding finding = judge(trials, &Trial::wrong_again);
  std::size_t others = 0;
  std::string first;
  for (const Trial& trial : trials) {
    if (trial.same_bits || others++ > 0) continue;
    first = fmt::format("{}, {}", trial.problem, trial.implementation);
  }
  if (others == 0) return finding;
  return {Verdict::noted, fmt::format("right, but with different bits in {} of {} cases, first {}",
                                      others, trials.size(), first)};
}

}  // namespace

void add_result_clauses(std::vector<Clause>& clauses) {
  for (const kernels::Operation* operation : kernels::operations()) {
    const auto add = [&](const char* name, const char* rule, auto examine) {
      clauses.push_back(
          {std::string(operation->name), name, rule, [=](Subject& subject) -> Finding {
             if (subject.modelled()) return {Verdict::absent, kModelled};
             return examine(subject.trials(*operation));
           }});
    };
    add("right", "every element is written and right",
        [](const auto& trials) { return judge(trials, &Trial::wrong); });
    add("within", "does not change inputs or memory after buffers",
        [](const auto& trials) { return judge(launched(trials), &Trial::disturbed); });
    add("again", "later launches write the same right result",
        [](const auto& trials) { return judge_again(launched(trials)); });
    add("changed", "other inputs give their own right result",
        [](const auto& trials) { return judge_changed(trials); });
  }
}

}  // namespace assay::harness::conformance
