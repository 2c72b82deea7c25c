// What `assay run --for-claim` adds to a run: whether this machine can decide the claim, and in the
// end the verdict.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/cli/run/preparation.h"
#include "harness/plan/suite.h"
#include "results/claims/verdict.h"

namespace assay::cli::run {

/// Longest time for one measurement of --for-claim, unless the user sets it.
inline constexpr double kClaimBudgetSeconds = 4;
/// How long launches are repeated for a claim about energy.
inline constexpr double kClaimBurnSeconds = 5;

/// Adds the problems that decide the claims of --for-claim in the modes of their tests, without
/// duplicates. Throws InputError for a claim that no measurement of one device decides.
void add_problems_of_claims(const RunOptions& options,
                            std::vector<harness::plan::SuiteProblem>& problems);

/// Throws InputError if a claim of --for-claim is about a system that none of the devices can be.
void require_devices_of_claims(const RunOptions& options,
                               std::span<const results::record::DeviceIdentity> devices);

/// The verdicts on the claims of --for-claim by these records; empty without that option. Refers to
/// the options.
struct ClaimVerdicts {
  const results::claims::Catalogue* catalogue = nullptr;  ///< kept by the options
  std::vector<results::claims::Verdict> verdicts;
};
ClaimVerdicts judge_claims(const RunOptions& options,
                           std::span<const results::record::Record> records);
std::string text_of(const ClaimVerdicts& judged);
nlohmann::ordered_json to_json(const ClaimVerdicts& judged);
bool any_refuted(const ClaimVerdicts& judged);

}  // namespace assay::cli::run
