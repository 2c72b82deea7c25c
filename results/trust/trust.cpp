#include "results/trust/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/page/quantity_text.h"
#include "results/record/device.h"
#include "results/statistics/course.h"

namespace assay::results::trust {
namespace {

/// Largest shares on a machine that counts as quiet. The program's own threads also wait for each
/// other and for the CPU, so a small share is normal.
constexpr double kOtherWork = 0.05, kSteal = 0.02, kMemoryPressure = 0.1;
/// The share of its highest clock below which a device counts as throttled.
constexpr double kLowClock = 0.75;
/// The last digits of an interval depend on the library.
constexpr double kDigits = 1.02;

/// Share of all CPU time that other work used.
double other_work(const record::MachineLoad& load) {
  if (!load.own_cpu_share) return 0;
  const double busy_share = 1 - load.idle_share.value_or(0);
  return (1 - *load.own_cpu_share) * busy_share;
}

}  // namespace

std::string missing_samples(const record::Record& record) {
  const std::size_t least =
      std::max(record::Settings{}.minimum_samples, record.settings.minimum_samples);
  const std::size_t count =
      record.device_seconds.empty() ? record.summary.count : record.device_seconds.size();
  return count >= least ? "" : fmt::format("{} samples, at least {} required", count, least);
}

std::string unsettled(const record::Record& record) {
  return record.steady ? "" : "times had not settled when warm-up ended";
}

std::string drifted(const record::Record& record) {
  const statistics::Drift drift = statistics::drift(record.device_seconds);
  if (!drift.exceeds(record.settings.target)) return "";
  return fmt::format("times changed by {} while they were measured",
                     page::change_text(drift.change));
}

std::string throttled(const record::Record& record) {
  if (record.throttling.kept_launches > 0) {
    return fmt::format("{} launches at a low clock were kept", record.throttling.kept_launches);
  }
  if (!record.sensors.throttle.empty()) return "the device reports: " + record.sensors.throttle;
  const double clock = record.sensors.clock_hz_median.value_or(0), highest = record.device.clock_hz;
  // A processor's highest clock is that of one core, which wide arithmetic does not reach.
  if (clock > 0 && clock < kLowClock * highest && !record::shares_host_memory(record.device)) {
    return fmt::format("the clock was {} of {}", page::scaled_text(clock, "Hz"),
                       page::scaled_text(highest, "Hz"));
  }
  return "";
}

std::string busy(const record::Record& record) {
  const record::MachineLoad& load = record.machine_load;
  if (const double other = other_work(load); other > kOtherWork) {
    return fmt::format("other work took {} of the machine's CPU time", page::percent_text(other));
  }
  if (load.steal_share.value_or(0) > kSteal) {
    return fmt::format("the hypervisor gave {} of the CPU time to other machines",
                       page::percent_text(*load.steal_share));
  }
  if (load.psi_memory_some.value_or(0) > kMemoryPressure) {
    return fmt::format("tasks waited for memory in {} of the time",
                       page::percent_text(*load.psi_memory_some));
  }
  return "";
}

std::string missed_interval(const record::Record& record, double reached) {
  const double target = record.settings.target;
  if (record.target_met && reached <= target * kDigits) return "";
  return fmt::format("±{} reached, ±{} requested", page::target_text(reached),
                     page::target_text(target));
}

std::vector<Doubt> doubts(const record::Record& record) {
  std::vector<Doubt> out;
  const auto add = [&out](Fault fault, std::string text) {
    if (!text.empty()) out.push_back({fault, std::move(text)});
  };
  add(Fault::busy, busy(record));
  add(Fault::throttled, throttled(record));
  add(Fault::samples, missing_samples(record));
  add(Fault::unsettled, unsettled(record));
  add(Fault::drift, drifted(record));
  add(Fault::interval, missed_interval(record, record.summary.half_width()));
  return out;
}

std::string text_of(const std::vector<Doubt>& doubts) {
  std::string text;
  for (const Doubt& doubt : doubts) text += (text.empty() ? "" : "; ") + doubt.text;
  return text;
}

bool only_slows(const std::vector<Doubt>& doubts) {
  return std::ranges::all_of(doubts, [](const Doubt& doubt) {
    return doubt.fault == Fault::busy || doubt.fault == Fault::throttled ||
           doubt.fault == Fault::interval;
  });
}

bool is_busy(const std::vector<Doubt>& doubts) {
  return std::ranges::any_of(doubts, [](const Doubt& doubt) { return doubt.fault == Fault::busy; });
}

}  // namespace assay::results::trust
