#include "harness/cli/run/continuation.h"

#include <algorithm>
#include <cmath>

#include "kernels/problem.h"

namespace assay::cli::run {
namespace {

using results::claims::EvidenceKind;
using results::claims::Verdict;
using results::claims::VerdictKind;
using results::record::Record;

/// A target that is wider than the planned width by this factor is still met if times vary a little
/// more than before.
constexpr double kSlack = 1.2;
/// More time than the samples need, for warm-up and checks among the launches.
constexpr double kMoreTime = 1.5;

bool only_needs_samples(const Verdict& verdict) {
  return verdict.kind == VerdictKind::inconclusive && verdict.measured.known &&
         std::ranges::all_of(verdict.trust.doubts, [](const results::trust::Doubt& doubt) {
           return facts(doubt.fault).effect == results::trust::Effect::widens;
         });
}

std::vector<const Record*> records_of(const Verdict& verdict, std::span<const Record> records) {
  std::vector<const Record*> out;
  for (const results::claims::Evidence& evidence : verdict.evidence) {
    if (evidence.kind != EvidenceKind::measured) continue;
    for (const Record& record : records) {
      if (std::ranges::find(evidence.records, record.id) != evidence.records.end()) {
        out.push_back(&record);
      }
    }
  }
  return out;
}

/// How many times as many samples the record needs; 1 if it has enough.
double factor_of(const Verdict& verdict, const Record& record, std::size_t fewest) {
  double factor = 1;
  if (verdict.decision.additional_samples) {
    factor =
        1 + static_cast<double>(*verdict.decision.additional_samples) / static_cast<double>(fewest);
  }
  if (!record.target_met) {
    const double missed = record.summary.half_width() / record.settings.target;
    factor = std::max(factor, missed * missed);
  }
  return factor;
}

harness::plan::SuiteProblem again(const Verdict& verdict, const Record& record, double factor) {
  harness::plan::SuiteProblem out{kernels::Problem::parse(record.problem), verdict.claim, {}};
  out.measurement.mode = record.settings.mode;
  out.measurement.implementations = {record.implementation.name};
  out.measurement.target =
      std::min(record.settings.target, kSlack * record.summary.half_width() / std::sqrt(factor));
  out.measurement.budget_seconds =
      std::max(record.settings.budget_seconds,
               kMoreTime * factor * (record.phases.warm_up + record.phases.sample));
  out.measurement.burn_seconds = record.settings.burn_seconds;
  return out;
}

/// Adds a problem, or asks more of the same one for another claim.
void add(const harness::plan::SuiteProblem& problem,
         std::vector<harness::plan::SuiteProblem>& problems) {
  for (harness::plan::SuiteProblem& known : problems) {
    if (known.problem.text() != problem.problem.text() ||
        known.measurement.mode != problem.measurement.mode ||
        known.measurement.implementations != problem.measurement.implementations) {
      continue;
    }
    known.measurement.target = std::min(*known.measurement.target, *problem.measurement.target);
    known.measurement.budget_seconds =
        std::max(*known.measurement.budget_seconds, *problem.measurement.budget_seconds);
    return;
  }
  problems.push_back(problem);
}

}  // namespace

std::optional<Continuation> continuation(const RunOptions& options, const ClaimVerdicts& judged,
                                         std::span<const Record> records) {
  const auto& asked = options.what.measurement;
  if (asked.budget_seconds || asked.target || options.repeats > 1) return std::nullopt;
  Continuation out;
  for (const Verdict& verdict : judged.verdicts) {
    if (!only_needs_samples(verdict)) continue;
    const auto used = records_of(verdict, records);
    const bool missed =
        std::ranges::any_of(used, [](const Record* record) { return !record->target_met; });
    if (used.empty() || (!verdict.decision.additional_samples && !missed)) continue;
    std::size_t fewest = used.front()->summary.count;
    for (const Record* record : used) fewest = std::min(fewest, record->summary.count);
    auto problems = out.problems;
    for (const Record* record : used) {
      add(again(verdict, *record, factor_of(verdict, *record, std::max<std::size_t>(fewest, 1))),
          problems);
    }
    double seconds = 0;
    bool short_enough = true;
    for (const auto& problem : problems) {
      seconds += *problem.measurement.budget_seconds;
      short_enough &= *problem.measurement.budget_seconds <= kMostAgainPerProblem;
    }
    if (!short_enough || seconds > kMostAgainSeconds) continue;
    out.claims.push_back(verdict.claim);
    out.problems = std::move(problems);
    out.seconds = seconds;
  }
  if (out.claims.empty()) return std::nullopt;
  return out;
}

}  // namespace assay::cli::run
