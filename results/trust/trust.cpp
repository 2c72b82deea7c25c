#include "results/trust/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/record/device.h"
#include "results/record/json_library.h"
#include "results/record/power_cap.h"
#include "results/statistics/course.h"
#include "results/trust/clocks.h"
#include "results/trust/products.h"
#include "results/trust/work_left_out.h"

namespace assay::results::trust {
namespace {

/// Largest shares on a machine that counts as quiet. The program's own threads also wait for each
/// other and for the CPU, so a small share is normal.
constexpr double kOtherWork = 0.05, kSteal = 0.02, kMemoryPressure = 0.1;
/// The share of its highest clock below which a device counts as throttled.
constexpr double kLowClock = 0.75;
/// The last digits of an interval depend on the library.
constexpr double kDigits = 1.02;
/// A confidence that is lower than the requested one by less than this reaches it.
constexpr double kConfidenceDigits = 0.005;

/// Share of all CPU time that other work used.
double other_work(const record::MachineLoad& load) {
  if (!load.own_cpu_share) return 0;
  const double busy_share = 1 - load.idle_share.value_or(0);
  return (1 - *load.own_cpu_share) * busy_share;
}

std::optional<Doubt> unverified(const record::Record& record) {
  if (ranks(record)) return std::nullopt;
  if (record.status != record::Status::ok) {
    return Doubt{Fault::unverified, fmt::format("{}: no result", name(record.status)), {}};
  }
  if (is_modelled(record)) return Doubt{Fault::unverified, "modelled: nothing ran", {}};
  if (is_unverified(record)) return Doubt{Fault::unverified, "imported, not verified", {}};
  return Doubt{Fault::unverified, fmt::format("the check says {}", name(record.check.outcome)), {}};
}

bool any_of(const Trust& trust, Effect effect) {
  return std::ranges::any_of(
      trust.doubts, [&](const Doubt& doubt) { return facts(doubt.fault).effect == effect; });
}

bool may_be_a_ceiling(const record::Record& record) {
  return trust_of(record).only_slows();
}

void mark(record::Roof& roof, std::span<const record::Record> records) {
  const auto found = std::ranges::find(records, roof.record, &record::Record::id);
  if (found != records.end()) roof.doubt = trust_of(*found).text();
}

}  // namespace

const FaultFacts& facts(Fault fault) {
  return kFaults[static_cast<std::size_t>(fault)];
}

std::string_view name(Fault fault) {
  return facts(fault).name;
}

/// The first condition that proves the times wrong, else the first that other work may explain.
std::optional<Doubt> may_be_false(const record::Record& record) {
  std::optional<Doubt> unproven;
  for (const auto condition :
       {work_left_out, clocks_disagree, below_resolution, work_once_in_a_call, above_peak}) {
    std::optional<Doubt> found = condition(record);
    if (!found) continue;
    if (found->fault == Fault::implausible) return found;
    if (!unproven) unproven = std::move(found);
  }
  return unproven;
}

std::optional<Doubt> implausible(const record::Record& record) {
  std::optional<Doubt> found = may_be_false(record);
  return found && found->fault == Fault::implausible ? std::move(found) : std::nullopt;
}

std::optional<Doubt> missing_samples(const record::Record& record) {
  const std::size_t least =
      std::max(record::Settings{}.minimum_samples, record.settings.minimum_samples);
  const std::size_t count =
      record.device_seconds.empty() ? record.summary.count : record.device_seconds.size();
  if (count >= least) return std::nullopt;
  return Doubt{Fault::samples,
               fmt::format("{}, at least {} required", page::counted(count, "sample"), least),
               {{"samples", static_cast<double>(count)}, {"required", static_cast<double>(least)}}};
}

std::optional<Doubt> unsettled(const record::Record& record) {
  if (record.steady) return std::nullopt;
  return Doubt{Fault::unsettled,
               "times had not settled when warm-up ended",
               {{"warm_up_launches", static_cast<double>(record.warm_up_launches)}}};
}

std::optional<Doubt> drifted(const record::Record& record) {
  const statistics::Drift drift = statistics::drift(record.device_seconds);
  if (!drift.exceeds(record.settings.target)) return std::nullopt;
  return Doubt{
      Fault::drift,
      fmt::format("times changed by {} while they were measured", page::change_text(drift.change)),
      {{"change", drift.change}, {"standard_error", drift.error}}};
}

std::optional<Doubt> throttled(const record::Record& record) {
  if (const auto kept = record.throttling.kept_launches; kept > 0) {
    return Doubt{Fault::throttled,
                 fmt::format("{} at a low clock {} kept",
                             kept == 1 ? "1 launch" : fmt::format("{} launches", kept),
                             kept == 1 ? "was" : "were"),
                 {{"kept_launches", static_cast<double>(kept)}}};
  }
  // What a chip does in ordinary work is said of the record, and is no doubt about it.
  if (record::only_power_cap(record.sensors.throttle)) return std::nullopt;
  if (!record.sensors.throttle.empty()) {
    return Doubt{Fault::throttled, "the device reports: " + record.sensors.throttle, {}};
  }
  const double clock = record.sensors.clock_hz_median.value_or(0), highest = record.device.clock_hz;
  // A processor's highest clock is that of one core, which wide arithmetic does not reach.
  if (clock > 0 && clock < kLowClock * highest && !record::shares_host_memory(record.device)) {
    return Doubt{Fault::throttled,
                 fmt::format("the clock was {} of {}", page::scaled_text(clock, "Hz"),
                             page::scaled_text(highest, "Hz")),
                 {{"clock_hz", clock}, {"highest_clock_hz", highest}}};
  }
  return std::nullopt;
}

std::optional<Doubt> busy(const record::Record& record) {
  const record::MachineLoad& load = record.machine_load;
  if (const double other = other_work(load); other > kOtherWork) {
    return Doubt{
        Fault::busy,
        fmt::format("other work took {} of the machine's CPU time", page::percent_text(other)),
        {{"other_cpu_share", other}}};
  }
  if (load.steal_share.value_or(0) > kSteal) {
    return Doubt{Fault::busy,
                 fmt::format("the hypervisor gave {} of the CPU time to other machines",
                             page::percent_text(*load.steal_share)),
                 {{"steal_share", *load.steal_share}}};
  }
  if (load.psi_memory_some.value_or(0) > kMemoryPressure) {
    return Doubt{Fault::busy,
                 fmt::format("tasks waited for memory in {} of the time",
                             page::percent_text(*load.psi_memory_some)),
                 {{"memory_pressure_share", *load.psi_memory_some}}};
  }
  return std::nullopt;
}

namespace {

/// What the measurement itself says of a missed target, for example that launches ended too soon.
std::string missed_note(const record::Record& record) {
  constexpr std::string_view kBegin = "target missed: ";
  for (const record::Note& note : record.notes) {
    if (note.kind != record::NoteKind::target_missed) continue;
    return note.text.starts_with(kBegin) ? note.text.substr(kBegin.size()) : note.text;
  }
  return "";
}

}  // namespace

std::optional<Doubt> missed_interval(const record::Record& record, double reached) {
  const record::Settings& asked = record.settings;
  const double confidence = record.summary.confidence;
  const bool surely = confidence >= asked.confidence - kConfidenceDigits;
  if (surely && record.target_met && reached <= asked.target * kDigits) return std::nullopt;
  std::string text = fmt::format("±{} reached", page::target_text(reached));
  if (!surely) text += fmt::format(" at only {} confidence", page::target_text(confidence));
  const std::string note = missed_note(record);
  if (surely && !note.empty() && reached == record.summary.half_width()) {
    text = note;
  } else {
    text += fmt::format(", ±{} requested", page::target_text(asked.target));
  }
  if (!surely) text += fmt::format(" at {}", page::target_text(asked.confidence));
  return Doubt{Fault::interval,
               std::move(text),
               {{"half_width", reached},
                {"target", asked.target},
                {"confidence", confidence},
                {"requested_confidence", asked.confidence}}};
}

Trust trust_of(const record::Record& record) {
  Trust out;
  const auto add = [&out](std::optional<Doubt> doubt) {
    if (doubt) out.doubts.push_back(std::move(*doubt));
  };
  add(unverified(record));
  if (!out.may_decide()) return out;  // there is no figure to doubt
  add(may_be_false(record));
  add(busy(record));
  add(throttled(record));
  add(missing_samples(record));
  add(unsettled(record));
  add(drifted(record));
  add(missed_interval(record, record.summary.half_width()));
  return out;
}

bool Trust::has(Fault fault) const {
  return std::ranges::any_of(doubts, [&](const Doubt& doubt) { return doubt.fault == fault; });
}

bool Trust::only_slows() const {
  return !any_of(*this, Effect::either) && !has(Fault::samples);
}

bool Trust::may_be_off() const {
  return any_of(*this, Effect::either) || any_of(*this, Effect::slows);
}

std::string Trust::text() const {
  std::string text;
  for (const Doubt& doubt : doubts) text += (text.empty() ? "" : "; ") + doubt.text;
  return text;
}

std::string Trust::names() const {
  std::string text;
  for (const FaultFacts& one : kFaults) {
    if (has(one.fault)) text += fmt::format("{}{}", text.empty() ? "" : ", ", one.name);
  }
  return text;
}

nlohmann::ordered_json to_json(const Trust& trust) {
  nlohmann::ordered_json doubts = nlohmann::ordered_json::array();
  for (const Doubt& doubt : trust.doubts) {
    nlohmann::ordered_json figures = nlohmann::ordered_json::object();
    for (const auto& [key, value] : doubt.figures) figures[key] = value;
    doubts.push_back({{"fault", name(doubt.fault)}, {"text", doubt.text}, {"figures", figures}});
  }
  return {{"trusted", trust.may_decide()}, {"doubts", doubts}};
}

Trust trust_from_json(std::string_view text) {
  try {
    const nlohmann::json all = nlohmann::json::parse(text);
    Trust out;
    for (const nlohmann::json& one : all.at("doubts")) {
      const auto fault =
          std::ranges::find(kFaults, one.at("fault").get<std::string>(), &FaultFacts::name);
      if (fault == kFaults.end()) throw InputError("there is no such fault");
      Doubt& doubt = out.doubts.emplace_back(Doubt{fault->fault, one.at("text"), {}});
      for (const auto& [key, value] : one.at("figures").items()) {
        // JSON has no number that is not finite.
        constexpr double kNotFinite = std::numeric_limits<double>::quiet_NaN();
        doubt.figures[key] = value.is_null() ? kNotFinite : value.get<double>();
      }
    }
    return out;
  } catch (const std::exception& error) {
    throw InputError(fmt::format("the doubts of a record: {}", error.what()));
  }
}

std::string not_compared_reason(const Trust& baseline, const Trust& other,
                                std::string_view letter) {
  std::string text;
  const auto add = [&](const Trust& trust, std::string_view side) {
    if (!trust.may_be_off() && !trust.has(Fault::samples)) return;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", side, trust.text());
  };
  add(baseline, "A");
  add(other, letter);
  return text;
}

void DoubtCounts::add(const record::Record& record, const Trust& trust) {
  if (!ranks(record)) return;
  ++records;
  if (trust.may_decide()) return;
  ++doubtful;
  ++by_fault[trust.doubts.front().fault];
}

std::string DoubtCounts::counts() const {
  std::string text;
  for (const auto& [fault, number] : by_fault) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", number, name(fault));
  }
  return text;
}

std::string DoubtCounts::text() const {
  if (doubtful == 0) return "";
  std::string text = fmt::format("{} of {} doubtful", doubtful, records);
  const char* separator = ": ";
  for (const auto& [fault, number] : by_fault) {
    text += fmt::format("{}{} {} ({}; {})", separator, number, name(fault), facts(fault).meaning,
                        facts(fault).hint);
    separator = ", ";
  }
  return text;
}

record::Ceilings own_ceilings_of(std::span<const record::Record> records,
                                 const record::Record& like) {
  // Times that cannot be true are no ceiling, not even for lack of a better one.
  const auto impossible = [records, &like](const record::Record& record) {
    return ranks(record) && measured_roof(record) && same_device(record, like) &&
           (implausible(record) || above_products(record, records));
  };
  std::vector<record::Record> possible;
  if (std::ranges::any_of(records, impossible)) {
    std::ranges::remove_copy_if(records, std::back_inserter(possible), impossible);
    records = possible;
  }
  record::Ceilings out = measured_ceilings(records, like, may_be_a_ceiling);
  for (auto& [type, roof] : out.arithmetic) mark(roof, records);
  if (out.memory) mark(*out.memory, records);
  return out;
}

record::Ceilings ceilings_of(std::span<const record::Record> records, const record::Record& like) {
  const record::Ceilings own = own_ceilings_of(records, like);
  record::Ceilings out = own;
  raise_by_products(out, records, like, [&own](const record::Record& record) {
    return may_be_a_ceiling(record) && !above_ceiling(record, own);
  });
  for (auto& [type, roof] : out.arithmetic) mark(roof, records);
  return out;
}

}  // namespace assay::results::trust
