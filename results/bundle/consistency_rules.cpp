#include "results/bundle/consistency_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <vector>

#include "results/bundle/rule_of_records.h"
#include "results/page/quantity_text.h"
#include "results/record/moment.h"

namespace assay::results::bundle {

namespace {

/// Clocks of hosts without a time server differ by minutes.
constexpr double kHostsDiffer = 300;
/// A zone set wrongly on the machine that verifies.
constexpr double kAheadOfHere = 86400;

double here_and_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

/// The time in which the record was measured, without pauses.
double seconds_of(const record::Phases& phases) {
  return phases.warm_up + phases.sample + phases.burn;
}

/// The decimal logarithm of the chance that independent samples like these come again in the same
/// order: of each, the chance of two equal ones is the sum of the squares of the shares.
double log_chance_again(std::vector<double> samples) {
  std::ranges::sort(samples);
  const auto count = static_cast<double>(samples.size());
  double equal = 0;
  for (auto from = samples.begin(); from != samples.end();) {
    const auto to = std::upper_bound(from, samples.end(), *from);
    const double share = static_cast<double>(to - from) / count;
    equal += share * share;
    from = to;
  }
  return count * std::log10(equal);
}

using Limits = std::pair<double, double>;

/// What is wrong with a value that a sensor may have given.
std::string beyond(const char* what, const std::optional<double>& value, const Limits& limits) {
  if (!value || (*value >= limits.first && *value <= limits.second)) return "";
  return fmt::format("{}: {:.4g} is not between {:g} and {:g}", what, *value, limits.first,
                     limits.second);
}

std::string impossible_energy(const record::Record& record) {
  const record::Energy& energy = record.energy;
  if (!energy.joules_per_launch) return "";
  const double joules = *energy.joules_per_launch;
  // No device that computes takes less, and no rack more.
  constexpr Limits kWatts = {1e-3, 1e6};
  if (std::string why = beyond("watts of a launch", joules / record.summary.median, kWatts);
      !why.empty()) {
    return why;
  }
  const double lower = energy.joules_lower.value_or(joules);
  const double upper = energy.joules_upper.value_or(joules);
  if (!(lower <= joules && joules <= upper)) {
    return fmt::format("{:.4g} J a launch are not between {:.4g} J and {:.4g} J", joules, lower,
                       upper);
  }
  constexpr double kRounding = 1e-6;
  const double work = record.work.flop > 0 ? record.work.flop : record.work.bytes;
  const double rate = energy.rate_per_watt.value_or(work / joules);
  if (std::abs(rate * joules - work) <= kRounding * work) return "";
  return fmt::format("{:.4g} per watt are not the work by {:.4g} J a launch", rate, joules);
}

std::string impossible_sensor(const record::Record& record) {
  const record::Sensors& sensors = record.sensors;
  const record::MachineLoad& load = record.machine_load;
  constexpr Limits kHertz = {0, 1e11}, kWatts = {0, 1e6}, kCelsius = {-100, 300};
  // Sums of CPU time are read at slightly different moments.
  constexpr Limits kShare = {-0.1, 1.5};
  for (const std::string& why :
       {beyond("clock in Hz", sensors.clock_hz_median, kHertz),
        beyond("lowest clock in Hz", sensors.clock_hz_minimum, kHertz),
        beyond("memory clock in Hz", sensors.memory_clock_hz_median, kHertz),
        beyond("power in W", sensors.power_watts, kWatts),
        beyond("temperature in °C", sensors.temperature_celsius_maximum, kCelsius),
        beyond("share of own CPU time", load.own_cpu_share, kShare),
        beyond("share of idle CPU time", load.idle_share, kShare),
        beyond("share of stolen CPU time", load.steal_share, kShare)}) {
    if (!why.empty()) return why;
  }
  if (sensors.clock_hz_minimum.value_or(0) > sensors.clock_hz_median.value_or(kHertz.second)) {
    return "the lowest clock is above the median";
  }
  return impossible_energy(record);
}

}  // namespace

RuleResult dates(const Bundle& bundle) {
  const record::Run& run = bundle.contents.run;
  const double begin = record::unix_seconds(run.started), end = record::unix_seconds(run.ended);
  const bool ended = !run.ended.empty();
  const double last = ended ? end : here_and_now() + kAheadOfHere;
  RuleResult result = of_each(bundle, any, [&](const record::Record& record) -> std::string {
    const double started = record::unix_seconds(record.started);
    if (started >= begin - kHostsDiffer && started <= last + kHostsDiffer) return "";
    return fmt::format("measured at {}, outside of the run", record.started);
  });
  if (ended && !(end >= begin - kHostsDiffer)) {
    result.violations.push_back(
        {"", fmt::format("the run ended at {}, before it began at {}", run.ended, run.started)});
  }
  if (std::max(begin, ended ? end : begin) > here_and_now() + kAheadOfHere) {
    result.violations.push_back({"", "the run lies in the future"});
  }
  for (const record::Record& record : bundle.contents.records) {
    const double took = seconds_of(record.phases);
    if (!ended || !(took > last - begin + kHostsDiffer)) continue;
    result.violations.push_back({subject_of(record), fmt::format("took {}, longer than the run",
                                                                 page::duration_text(took))});
  }
  return result;
}

RuleResult own_samples(const Bundle& bundle) {
  // Of a million pairs of records, one in a billion may be repeated by chance.
  constexpr double kNoChance = -15;
  std::map<std::vector<double>, const record::Record*> known;
  return of_each(bundle, is_figure, [&](const record::Record& record) -> std::string {
    const auto is_finite = [](double seconds) { return std::isfinite(seconds); };
    if (!std::ranges::all_of(record.device_seconds, is_finite)) return "";  // breaks `figures`
    const auto [first, fresh] = known.emplace(record.device_seconds, &record);
    if (fresh || record.device_seconds.empty() ||
        log_chance_again(record.device_seconds) > kNoChance)
      return "";
    return fmt::format("its {} samples are those of record {:.8}", record.device_seconds.size(),
                       first->second->id);
  });
}

RuleResult sensors(const Bundle& bundle) {
  return of_each(bundle, is_figure, impossible_sensor);
}

}  // namespace assay::results::bundle
