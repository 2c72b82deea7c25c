// Clauses about times: that they can be believed. None says how fast a device must be.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "harness/conformance/judgement.h"
#include "harness/conformance/pace.h"
#include "harness/measure/clock.h"
#include "results/page/quantity_text.h"

namespace assay::harness::conformance {
namespace {

/// By how much two clocks may differ, and what reading the host's costs, in seconds a run.
constexpr double kClockShare = 0.02, kClockGrain = 5e-6;
constexpr const char* kNothingTimed = "modelled: no clock ran";
constexpr double kTimingBudget = 15, kQuickTimingBudget = 2;
constexpr std::uint32_t kLooks = 200, kColdLooks = 8;

double energy(Subject& subject) {
  if (subject.table().sensors == nullptr) return NAN;
  assay_sensors reading = {sizeof reading, NAN, NAN, NAN, NAN, NAN, nullptr};
  return subject.table().sensors(subject.device(), &reading) == ASSAY_OK ? reading.energy_joules
                                                                         : NAN;
}

void require_forward(double seconds, const char* what, std::size_t launch, std::uint32_t of) {
  require(std::isfinite(seconds) && seconds > 0,
          fmt::format("{} of launch {} of {} is {}", what, launch + 1, of, seconds));
}

Finding forward(Subject& subject) {
  const bool modelled = subject.modelled();
  const Specimen specimen(subject);
  const double energy_before = energy(subject);
  for (const auto& [mode, count] : {std::pair{ASSAY_HOT, kLooks}, {ASSAY_COLD, kColdLooks}}) {
    subject.alive(specimen.problem());
    std::vector<assay_launch> launches(count);
    const double begin = measure::seconds_now();
    const assay_status status =
        subject.table().run(specimen.executable(), count, mode, launches.data());
    const double elapsed = measure::seconds_now() - begin;
    require(status == ASSAY_OK, subject.words(status));
    for (std::size_t i = 0; i < count; ++i) {
      require_forward(launches[i].device_seconds, "device_seconds", i, count);
      require_forward(launches[i].host_seconds, "host_seconds", i, count);
      require(modelled || launches[i].host_seconds <= elapsed * (1 + kClockShare) + kClockGrain,
              fmt::format("host_seconds of launch {} of {} is {:.3g}, and all of them took {:.3g}",
                          i + 1, count, launches[i].host_seconds, elapsed));
    }
  }
  const double energy_after = energy(subject);
  require(!(energy_after < energy_before),
          fmt::format("the energy counter ran from {} back to {}", energy_before, energy_after));
  return {};
}

const Paces& paces(Subject& subject) {
  return subject.kept<Paces>([&] {
    return measure_paces(subject, subject.options().quick ? kQuickTimingBudget : kTimingBudget);
  });
}

std::string range_text(std::vector<double> ratios) {
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  return fmt::format("{:.2f} to {:.2f}", *least, *most);
}

std::string left_out_text(const Paces& all) {
  return all.left_out == 0 ? "" : fmt::format(", {} left out for time", all.left_out);
}

/// Rules on a ratio of every implementation's rounds. Broken where it is so for any of them.
Finding rule(const Paces& all, double least, const std::string& what,
             const std::function<std::vector<double>(const Pace&)>& ratios_of) {
  std::vector<double> seen;
  std::size_t unclear = 0;
  for (const Pace& pace : all.measured) {
    const std::vector<double> ratios = ratios_of(pace);
    const Ruling ruling = rule_at_least(ratios, least);
    if (ruling == Ruling::broken) {
      throw Violation(fmt::format("{}, {}, and twice the work: {} {}, in every one of {} rounds",
                                  pace.once, pace.implementation, what, range_text(ratios),
                                  ratios.size()));
    }
    if (ruling == Ruling::holds) seen.insert(seen.end(), ratios.begin(), ratios.end());
    unclear += ruling == Ruling::unclear ? 1 : 0;
  }
  const std::size_t told = all.measured.size() - unclear;
  if (told == 0)
    throw Undecided(fmt::format("{} implementations, none of which can be told", unclear));
  return {Verdict::fulfilled,
          fmt::format("{} implementations{}{}: {} {}", told,
                      unclear == 0 ? "" : fmt::format(", {} inconclusive", unclear),
                      left_out_text(all), what, range_text(seen))};
}

Finding more_work(Subject& subject) {
  return rule(paces(subject), kLeastTime, "times", time_ratios);
}

/// Says what a run's device times add up to beyond the host's.
std::string excess(const Timed& timed) {
  if (timed.device_sum <= timed.elapsed * (1 + kClockShare) + kClockGrain) return "";
  return fmt::format("{} launches: {} of the device's time within {} of the host's", timed.count,
                     results::page::duration_text(timed.device_sum),
                     results::page::duration_text(timed.elapsed));
}

Finding within_host(Subject& subject) {
  if (subject.modelled()) return {Verdict::absent, kNothingTimed};
  double most = 0;
  std::size_t runs = 0;
  const auto look = [&](const Timed& timed, const std::string& problem, const Pace& pace) {
    const std::string found = excess(timed);
    require(found.empty(), fmt::format("{}, {}: {}", problem, pace.implementation, found));
    most = std::max(most, timed.device_sum / timed.elapsed);
    ++runs;
  };
  for (const Pace& pace : paces(subject).measured) {
    look(pace.small, "a small problem", pace);
    for (const Round& round : pace.rounds) {
      look(round.once, pace.once, pace);
      look(round.twice, pace.twice, pace);
    }
  }
  return {Verdict::fulfilled,
          fmt::format("{} runs: at most {} of the host's time{}", runs,
                      results::page::percent_text(most), left_out_text(paces(subject)))};
}

Finding accounted(Subject& subject) {
  if (subject.modelled()) return {Verdict::absent, kNothingTimed};
  return rule(paces(subject), kLeastAccounted, "shares", accounted_shares);
}

}  // namespace

void add_timing_clauses(std::vector<Clause>& clauses) {
  const auto add = [&](const char* name, const char* rule, Finding (*examine)(Subject&)) {
    clauses.push_back({"timing", name, rule, examine});
  };
  add("forward", "no clock or energy counter runs back", forward);
  add("host", "device times fit into the host's, to 2% + 5 us", within_host);
  add("work", "twice the work takes 3/4 of the time at least", more_work);
  add("accounted", "1/4 of what work costs the host, at least", accounted);
}

}  // namespace assay::harness::conformance
