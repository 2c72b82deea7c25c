#include "results/bundle/rules.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numeric>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/bundle/consistency_rules.h"
#include "results/bundle/rule_of_records.h"
#include "results/bundle/run_rules.h"
#include "results/page/quantity_text.h"
#include "results/record/bus_rate.h"
#include "results/record/contradiction.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"
#include "results/trust/clocks.h"
#include "results/trust/trust.h"
#include "results/trust/work_left_out.h"

namespace assay::results::bundle {

namespace {

/// Only what proves times wrong breaks a rule about times.
std::string proof_of(const std::optional<trust::Doubt>& doubt) {
  return doubt && doubt->fault == trust::Fault::implausible ? doubt->text : "";
}

std::string text_of(const std::optional<trust::Doubt>& doubt) {
  return doubt ? doubt->text : std::string();
}

/// Applies a condition of results/trust to the figures.
RuleResult without(const Bundle& bundle,
                   std::optional<trust::Doubt> (*doubt)(const record::Record&)) {
  return of_each(bundle, is_figure,
                 [doubt](const record::Record& record) { return text_of(doubt(record)); });
}

RuleResult not_failed(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    if (record.status == record::Status::ok || record.status == record::Status::unsupported)
      return "";
    return fmt::format("{}{}{}", name(record.status), record.reason.empty() ? "" : ": ",
                       record.reason);
  });
}

RuleResult verified(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const kernels::Check& check = record.check;
    if (check.outcome != kernels::Outcome::right) {
      return fmt::format("the check says {}", name(check.outcome));
    }
    if (check.elements <= 0) return "the check says right, and compared no element";
    if (check.worst >= 0 && check.worst <= 1) return "";
    return fmt::format("the check says right, with an error of {:.3g} times what is accepted",
                       check.worst);
  });
}

RuleResult enough_samples(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    if (const auto missing = trust::missing_samples(record)) return missing->text;
    const double effective = statistics::effective_count(record.device_seconds);
    return effective >= record::kLeastEffectiveCount
               ? ""
               : fmt::format(
                     "the samples count as {:.0f} independent ones, at least {:.0f} required",
                     effective, record::kLeastEffectiveCount);
  });
}

RuleResult enough_time(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const double seconds = record.phases.sample;
    return seconds >= record::kLeastSampledSeconds
               ? ""
               : fmt::format("{}, at least {} required", page::duration_text(seconds),
                             page::duration_text(record::kLeastSampledSeconds));
  });
}

RuleResult steady(const Bundle& bundle) {
  return without(bundle, trust::unsettled);
}

/// Recomputes the interval from the samples instead of trusting the stored one.
RuleResult interval_met(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const record::Settings& asked = record.settings;
    if (!(asked.target <= kWidestTarget)) {
      return fmt::format("±{} requested, at most ±{} allowed", page::target_text(asked.target),
                         page::target_text(kWidestTarget));
    }
    if (!(asked.confidence >= record::Settings{}.confidence)) {
      return fmt::format("requested with only {} confidence", page::target_text(asked.confidence));
    }
    const statistics::Summary summary =
        statistics::summarize(record.device_seconds, asked.confidence, record.summary.tick);
    return text_of(trust::missed_interval(record, summary.half_width()));
  });
}

RuleResult figures(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    if (std::string why = record::figures_unlike_samples(record); !why.empty()) return why;
    return record::interval_unlike_samples(record);
  });
}

RuleResult work_done(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    try {
      const auto problem = kernels::Problem::parse(record.problem);
      if (problem.text() != record.problem) return "the problem is not in its canonical form";
      const kernels::Work work = problem.operation().work(problem);
      const bool same = work.flop == record.work.flop && work.bytes == record.work.bytes &&
                        work.type == record.work.type;
      if (!same) return "FLOP or bytes do not match the problem";
      return record::work_unlike_problem(record);
    } catch (const InputError& error) {
      return fmt::format("this assay does not know the problem: {}", error.what());
    }
  });
}

RuleResult operands(const Bundle& bundle) {
  std::map<std::string, std::string> by_problem;
  return of_each(bundle, is_figure, [&](const record::Record& record) -> std::string {
    if (record.operands_hash.empty()) return "no hash of the operands";
    const auto [first, fresh] = by_problem.emplace(record.problem, record.operands_hash);
    if (first->second == record.operands_hash) return "";
    return fmt::format("operands {}, but {} in another record", record.operands_hash,
                       first->second);
  });
}

RuleResult not_throttled(const Bundle& bundle) {
  return without(bundle, trust::throttled);
}

RuleResult clocks(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    if (!(record.sensors.clock_hz_median.value_or(0) > 0)) return "no clock was read";
    return record.sensors.clock_stood_still ? "the clock sensor reported one value all the time"
                                            : "";
  });
}

RuleResult not_modelled(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    return is_modelled(record) ? "modelled: nothing ran" : "";
  });
}

RuleResult not_imported(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    return record.origin == record::Origin::imported ? "imported: bundle the original run instead"
                                                     : "";
  });
}

/// Whether the figure was measured by this program and not taken from another one's file.
bool is_own_figure(const record::Record& record) {
  return is_figure(record) && record.origin == record::Origin::measured &&
         record.imported_from.format.empty();
}

RuleResult clocks_agree(const Bundle& bundle) {
  return of_each(bundle, is_own_figure, [](const record::Record& record) -> std::string {
    const record::ClockSums& timed = record.clocks.timed;
    if (timed.launches == 0 || record.clocks.hot.launches == 0) {
      return "the measuring process's own clock is missing";
    }
    if (record.host_seconds.size() != record.device_seconds.size()) {
      return fmt::format("{} times of the host for {} samples", record.host_seconds.size(),
                         record.device_seconds.size());
    }
    const double sampled =
        std::accumulate(record.host_seconds.begin(), record.host_seconds.end(), 0.0) *
        record.launches_per_sample;
    // Of ranks, the samples have the longest time of each launch, the sums that of one rank.
    const bool together = record::is_collective(record.operation);
    if (!together && !(sampled <= timed.host * trust::kClocksDiffer)) {
      return fmt::format("samples of {} of host time, but launches of only {}",
                         page::duration_text(sampled), page::duration_text(timed.host));
    }
    return proof_of(trust::clocks_disagree(record));
  });
}

/// Challenges are made of every measurement here.
RuleResult work_in_launches(const Bundle& bundle) {
  return of_each(bundle, is_own_figure, [](const record::Record& record) -> std::string {
    const record::Challenges& found = record.challenges;
    if (found.calls == 0) return "no launch among the timed ones was looked at";
    if (found.changed_calls > 0 &&
        (found.whole_looks == 0 || found.replaced_calls == 0 || found.judged_parts == 0)) {
      return "no output of other inputs was judged";
    }
    const std::string left_out = proof_of(trust::work_left_out(record));
    return left_out.empty() ? proof_of(trust::work_once_in_a_call(record)) : left_out;
  });
}

RuleResult resolved(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) {
    return proof_of(trust::below_resolution(record));
  });
}

RuleResult below_peak(const Bundle& bundle) {
  return without(bundle, trust::above_peak);
}

RuleResult below_ceiling(const Bundle& bundle) {
  trust::Beside beside(bundle.contents.records);
  return of_each(bundle, is_figure, [&](const record::Record& record) {
    return text_of(beside.above_ceiling(record));
  });
}

constexpr BundleRule kRules[] = {
    {"verified", "each result was checked and is right", verified},
    {"no-failure", "no measurement failed, crashed or hung", not_failed},
    {"complete", "the run ended with all planned results", complete},
    {"minimum-samples", "30 independent samples, or as many as requested", enough_samples},
    {"minimum-time", "launches over at least 0.5 s each", enough_time},
    {"steady", "times had settled before the first sample", steady},
    {"interval", "intervals as narrow as requested, at most ±2%", interval_met},
    {"figures", "the statistics are those of the samples", figures, true},
    {"own-samples", "no record has the times of another one", own_samples, true},
    {"sensors-possible", "no clock, power, energy or load is impossible", sensors, true},
    {"clocks-agree", "device <= host <= wall time; no time is left out", clocks_agree},
    {"work-in-launches", "no work was done outside of timed launches", work_in_launches},
    {"resolution", "no time is below what a clock resolves", resolved},
    {"peak", "no rate is above the device's published peak", below_peak},
    {"ceiling", "no rate is above twice the ceiling beside it", below_ceiling},
    {"work", "FLOP and bytes match the problem", work_done, true},
    {"operands", "operand hashes exist; equal for equal problems", operands},
    {"no-throttling", "no launch at a low clock was kept", not_throttled},
    {"clocks-recorded", "the device's clock was read", clocks},
    {"dates", "records lie in the run, and none in the future", dates},
    {"environment-recorded", "each record's environment is included", environments},
    {"conformance", "no module is known to break the interface", conforming},
    {"known-build", "measured by a build of a commit without changes", known_build},
    {"optimised-build", "measured by an optimised build", optimised},
    {"no-modelled-figure", "no figure comes from a model", not_modelled},
    {"no-imported-figure", "no figure was imported", not_imported},
    {"no-secret", "no text is written like a password or a key", without_secrets_in},
};

}  // namespace

std::span<const BundleRule> bundle_rules() {
  return kRules;
}

const BundleRule& find_bundle_rule(std::string_view id, const std::string& place) {
  std::vector<std::string> ids;
  for (const BundleRule& rule : kRules) {
    if (rule.id == id) return rule;
    ids.emplace_back(rule.id);
  }
  throw InputError(fmt::format("{}: there is no rule `{}`", place, id),
                   did_you_mean(id, ids, fmt::format("the rules are {}", fmt::join(ids, ", "))));
}

std::string subject_of(const record::Record& record) {
  return fmt::format("{} {} {}", device_key(record.device), record::brief_problem(record.problem),
                     record.implementation.name);
}

}  // namespace assay::results::bundle
