// Measures the problems of undecided claims once more, where more samples would probably decide.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/cli/run/claims.h"
#include "harness/plan/suite.h"
#include "results/record/record.h"

namespace assay::cli::run {

/// Longest time that is spent on samples for undecided claims, in seconds, and on one problem.
inline constexpr double kMostAgainSeconds = 60, kMostAgainPerProblem = 30;

/// What to measure again. Each problem has the mode, the implementation, the target and the budget
/// with which four of five measurements decide.
struct Continuation {
  std::vector<std::string> claims;  ///< ids
  std::vector<harness::plan::SuiteProblem> problems;
  double seconds = 0;  ///< the sum of the budgets
};

/// Absent if no claim is undecided merely for want of samples (other work on the machine is
/// another reason), if the user set --budget, --target or --repeat, or if it would take longer than
/// the limits above. It is asked once and not repeated until a claim is decided: every further
/// look would add to the share of wrong verdicts.
std::optional<Continuation> continuation(const RunOptions& options, const ClaimVerdicts& judged,
                                         std::span<const results::record::Record> records);

}  // namespace assay::cli::run
