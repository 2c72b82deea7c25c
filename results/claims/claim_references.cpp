#include "results/claims/claim_references.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/problem.h"
#include "results/claims/audit.h"
#include "results/claims/expression.h"
#include "results/claims/ids.h"
#include "results/claims/problem_pattern.h"

namespace assay::results::claims {
namespace {

void check_owner(const std::string& key, const std::string& id,
                 const std::map<std::string, System>& known) {
  if (id.empty() || known.contains(id)) return;
  const std::string what = fmt::format("{0}: unknown {0} `{1}`", key, id);
  // Of a chip that is sold in several variants, the id of one of them is meant.
  constexpr std::size_t kMost = 5;
  std::vector<std::string> variants;
  for (const std::string& other : ids_of(known)) {
    if (other.starts_with(id + "-") && variants.size() < kMost) variants.push_back(other);
  }
  if (!variants.empty()) {
    throw InputError(what,
                     fmt::format("ids that begin like this are {}", fmt::join(variants, ", ")));
  }
  throw InputError(
      what, did_you_mean(id, ids_of(known),
                         key == "baseline"   ? "write a system's id, or unnamed if the source does "
                                               "not say what it compares with"
                         : key == "workload" ? "define it as a [[workload]]"
                                             : "`assay systems` lists the systems; define another "
                                               "one as a [[system]]"));
}

/// `run` must measure what `problems` counts: otherwise a run decides nothing.
void check_problems(const Test& test) {
  std::vector<ProblemPattern> patterns;
  for (const auto& [name, pattern] : test.problems) patterns.emplace_back(pattern);
  for (const std::string& text : test.run) {
    const kernels::Problem problem = kernels::Problem::parse(text);
    if (std::ranges::any_of(patterns, [&](const auto& one) { return one.matches(problem); }))
      continue;
    throw InputError(
        fmt::format("run: `{}` agrees with none of `problems`, so it decides nothing", text),
        "give it the field values of one of `problems`");
  }
}

void check_test_of(const Claim& claim) {
  try {
    check_problems(*claim.test);
    check_test(*claim.test, claim.value->dimension);
    if (!is_peak(claim) || claim.test->other_type) return;
    for (const auto& [name, pattern] : claim.test->problems) {
      check_type_of_peak(claim.quantity, ProblemPattern(pattern));
    }
  } catch (const InputError& error) {
    throw InputError(fmt::format("test: {}", error.what()), error.hint());
  }
}

}  // namespace

ClaimReferences::ClaimReferences(const Catalogue& catalogue) : catalogue_(catalogue) {
  for (const Claim& claim : catalogue.claims) by_id_.emplace(claim.id, &claim);
}

void ClaimReferences::check(const Figures& figures, const Claim& claim) const {
  for (const std::string& set : claim.sets) {
    if (!catalogue_.sets.contains(set)) {
      throw InputError(fmt::format("sets: unknown set `{}`", set),
                       did_you_mean(set, ids_of(catalogue_.sets)));
    }
  }
  check_owner("system", claim.system, catalogue_.systems);
  check_owner("workload", claim.workload, catalogue_.workloads);
  if (claim.baseline != "unnamed") check_owner("baseline", claim.baseline, catalogue_.systems);
  if (claim.value && is_expression(claim.quantity)) check_quantity(figures, claim);
  if (claim.test) check_test_of(claim);
}

void ClaimReferences::check_quantity(const Figures& figures, const Claim& claim) const {
  Relation relation;
  relation.left = claim.quantity;
  relation.right = "claim:" + claim.id;
  check_relation(figures, relation);
  std::vector<std::string> path;
  check_cycle(claim, path);
}

/// A claim must not be stated in terms of itself, directly or through other claims.
void ClaimReferences::check_cycle(const Claim& claim, std::vector<std::string>& path) const {
  if (std::ranges::find(path, claim.id) != path.end()) {
    throw InputError(fmt::format("quantity: the claim is stated in terms of itself: {} > {}",
                                 fmt::join(path, " > "), claim.id),
                     "state one of them in figures of systems");
  }
  if (!is_expression(claim.quantity)) return;
  path.push_back(claim.id);
  const Expression quantity(claim.quantity);
  for (const std::string& name : quantity.names()) {
    const auto found = name.starts_with("claim:") ? by_id_.find(name.substr(6)) : by_id_.end();
    if (found != by_id_.end()) check_cycle(*found->second, path);
  }
  path.pop_back();
}

}  // namespace assay::results::claims
