#include "results/claims/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include "kernels/error.h"
#include "results/claims/expression.h"
#include "results/claims/measured_value.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/test_mode.h"
#include "results/claims/units.h"

namespace assay::results::claims {
namespace {

/// Modelled records are separate from those measured on a device of the same name.
using DeviceKey =
    std::tuple<std::string, std::string, std::string, std::string, std::uint32_t, bool>;

DeviceKey key_of(const record::Record& record) {
  const record::DeviceIdentity& device = record.device;
  return {device.backend, device.name,  device.unique_id,
          device.bus_id,  device.index, is_modelled(record)};
}

/// Through OpenCL, a library runs on the devices of all makers and is nobody's own.
bool is_vendor_routine(const record::Record& record) {
  return record.implementation.division == record::Division::library &&
         record.device.backend != "opencl";
}

bool is_model_figure(const record::Record& record) {
  return is_modelled(record) && record.status == record::Status::ok && record.summary.median > 0;
}

/// Orders the records of one problem and implementation: those with impossible times first, those
/// that may refute a claim last, then by age.
std::tuple<bool, bool, std::string_view, std::string_view> rank(const record::Record& record,
                                                                trust::Beside& beside) {
  const trust::Trust trust = beside.trust_of(record);
  return {!trust.has(trust::Fault::implausible), trust.may_decide(), record.started, record.id};
}

/// A problem's fields as text, as patterns name them.
using Fields = std::vector<std::pair<std::string, std::string>>;

Fields fields_of(const std::string& text) {
  Fields fields;
  try {
    const kernels::Problem problem = kernels::Problem::parse(text);
    for (const kernels::Field& field : problem.operation().fields) {
      fields.emplace_back(field.name, problem.field_text(field.name));
    }
  } catch (const InputError&) {
    // A problem of another version of the program; no pattern of this version matches it.
  }
  return fields;
}

std::string posting(const std::string& operation, const std::string& field,
                    const std::string& value) {
  return operation + '\n' + field + '\n' + value;
}

}  // namespace

/// One device with the records that count: the newest of each problem, implementation and mode.
/// Records can be found by any field of their problems.
struct EvidenceIndex::Device {
  record::DeviceIdentity identity;
  bool modelled = false;
  std::vector<const record::Record*> records;
  std::unordered_map<std::string, std::vector<const record::Record*>> postings;
  std::map<std::tuple<MeasuredQuantity, record::Mode, std::string>, std::optional<MeasuredValue>>
      best;  ///< by the mode of the test and the pattern
  trust::Beside* beside = nullptr;
  /// The other repetitions of a record's run, where it was repeated in several processes.
  std::map<const record::Record*, std::vector<const record::Record*>> repetitions;

  trust::Trust trust(const record::Record& record) const { return beside->trust_of(record); }

  /// Takes a record whose problem has these fields; without fields no pattern finds it.
  void post(const record::Record& record, const Fields& fields) {
    records.push_back(&record);
    if (fields.empty()) return;
    postings[posting(record.operation, "", "")].push_back(&record);
    for (const auto& [field, value] : fields) {
      postings[posting(record.operation, field, value)].push_back(&record);
    }
  }

  /// The records that match, selected from the shortest list among those of the pattern's fields.
  std::vector<const record::Record*> matching(const ProblemPattern& pattern) const {
    static const std::vector<const record::Record*> none;
    const auto list = [&](const std::string& key) -> const std::vector<const record::Record*>& {
      const auto found = postings.find(key);
      return found == postings.end() ? none : found->second;
    };
    const std::vector<const record::Record*>* shortest =
        &list(posting(pattern.operation(), "", ""));
    for (const auto& [field, value] : pattern.fields()) {
      const auto& other = list(posting(pattern.operation(), field, value));
      if (other.size() < shortest->size()) shortest = &other;
    }
    std::vector<const record::Record*> out;
    std::ranges::copy_if(*shortest, std::back_inserter(out), [&](const record::Record* record) {
      return pattern.matches(record->operation, record->problem);
    });
    return out;
  }

  std::optional<MeasuredValue> best_of(const std::string& pattern, MeasuredQuantity quantity_kind,
                                       record::Mode mode) {
    const auto [slot, fresh] = best.try_emplace({quantity_kind, mode, pattern});
    if (!fresh) return slot->second;
    std::optional<MeasuredValue>& fastest = slot->second;
    // Impossible times are shown only where there are no others, and those of another mode as well.
    std::tuple<bool, bool, double> best_rank;
    for (const record::Record* record : matching(ProblemPattern(pattern))) {
      if (is_of_bytes(quantity_kind) && !exceeds_caches(*record)) continue;
      if (needs_energy(quantity_kind) && !has_energy(*record)) continue;
      const MeasuredValue one = measured_value(*record, quantity_kind);
      const std::tuple rank{!trust(*record).has(trust::Fault::implausible),
                            side_of(mode, *record, quantity_kind) == Side::exact,
                            less_is_better(quantity_kind) ? -one.value : one.value};
      if (fastest && rank <= best_rank) continue;
      fastest = one;
      best_rank = rank;
    }
    if (fastest) settle(*fastest, quantity_kind);
    if (fastest) cover_repetitions(*fastest, quantity_kind);
    return fastest;
  }

  /// Widens the interval to those of all repetitions: what varies between processes must not
  /// decide.
  void cover_repetitions(MeasuredValue& measured, MeasuredQuantity quantity_kind) const {
    const auto found = repetitions.find(measured.record);
    if (found == repetitions.end()) return;
    for (const record::Record* record : found->second) {
      MeasuredValue other = measured_value(*record, quantity_kind);
      settle(other, quantity_kind);
      measured.interval.lower = std::min(measured.interval.lower, other.interval.lower);
      measured.interval.upper = std::max(measured.interval.upper, other.interval.upper);
    }
  }

  /// Why no record of the test's problems has the energy that the test needs; empty if one has, or
  /// if there are none of these problems.
  std::string missing_energy(const Test& test, const Expression& expression) const {
    for (const std::string& name : expression.names()) {
      const auto [quantity_kind, problem] = parse_measured_name(name);
      if (!needs_energy(quantity_kind)) continue;
      const auto found = matching(ProblemPattern(test.problems.at(problem)));
      if (found.empty() || std::ranges::any_of(found, [](const record::Record* record) {
            return has_energy(*record);
          })) {
        continue;
      }
      for (const record::Note& note : found.front()->notes) {
        if (note.kind == record::NoteKind::energy_missing) return note.text;
      }
      return "the device reports neither energy nor power";
    }
    return {};
  }

  /// What keeps the interval as wide as it is, however many samples are taken.
  std::string what_fixes(const record::Record& record, MeasuredQuantity quantity_kind) const {
    if (needs_energy(quantity_kind)) return "the accuracy of its sensor limits it";
    if (repetitions.contains(&record)) return "the repetitions differ by more than their samples";
    constexpr double kMostly = 0.8;
    const statistics::Summary& summary = record.summary;
    const bool of_tick = summary.tick / 2 >= kMostly * summary.half_width() * summary.median;
    return of_tick && summary.tick > 0 ? "the steps of the clock limit it" : "";
  }

  static void add_implementation(const record::Record& record, Measured& measured) {
    const std::string& name = record.implementation.name;
    if (std::ranges::find(measured.implementations, name) == measured.implementations.end()) {
      measured.implementations.push_back(name);
    }
  }

  std::optional<Measured> measure(const Test& test, const Expression& expression) {
    const record::Mode mode = mode_of(test);
    std::vector<MeasuredValue> readings;
    std::vector<Side> sides;
    std::map<std::string, std::string> shown;
    Measured measured;
    measured.interval.lower = measured.interval.upper = std::numeric_limits<double>::quiet_NaN();
    measured.device = identity;
    measured.vendor_routine = measured.measures_ceiling = true;
    for (const std::string& name : expression.names()) {
      const auto [quantity_kind, problem] = parse_measured_name(name);
      const auto reading = best_of(test.problems.at(problem), quantity_kind, mode);
      if (!reading) return std::nullopt;
      measured.of_energy |= needs_energy(quantity_kind);
      if (measured.fixed_by.empty())
        measured.fixed_by = what_fixes(*reading->record, quantity_kind);
      sides.push_back(side_of(mode, *reading->record, quantity_kind));
      readings.push_back(*reading);
      const record::Record& record = *reading->record;
      shown[name] =
          fmt::format("{} ({}, {})", format_quantity(reading->value, dimension(quantity_kind)),
                      record.problem, record.implementation.name);
      measured.records.push_back(record.id);
      measured.date = std::max(measured.date, record.started);
      add_implementation(record, measured);
      measured.vendor_routine &= is_vendor_routine(record);
      measured.measures_ceiling &= measured_roof(record) == kernels::Roof::arithmetic;
      measured.intensity = readings.size() == 1 ? intensity(record)
                                                : std::min(measured.intensity, intensity(record));
      for (trust::Doubt& doubt : trust(record).doubts) {
        if (expression.names().size() > 1) doubt.text = fmt::format("{}: {}", problem, doubt.text);
        measured.trust.doubts.push_back(std::move(doubt));
      }
      measured.work = readings.size() == 1 ? reading->work : std::min(measured.work, reading->work);
      const std::size_t samples = record.summary.count;
      measured.confidence = std::min(measured.confidence, record.summary.confidence);
      measured.samples = readings.size() == 1 ? samples : std::min(measured.samples, samples);
    }
    measured.one_problem = readings.size() == 1;
    measured.same_clock = at_one_clock(readings);
    std::vector<double> values;
    for (const MeasuredValue& reading : readings) values.push_back(reading.value);
    measured.value = expression.evaluate(std::span<const double>(values));
    measured.mode = mode;
    measured.side = side_of_all(expression, values, sides);
    if (!modelled) {
      measured.interval = is_ratio_of_rates(expression) ? ratio_interval(readings[0], readings[1])
                                                        : corner_interval(expression, readings);
    }
    measured.text = expression.substitute([&](const std::string& name) { return shown.at(name); });
    return measured;
  }
};

namespace {

/// The repetitions of the best run among the records of one series that may decide as it may, the
/// one with the median of their medians first.
std::vector<const record::Record*> best_run(const std::vector<const record::Record*>& candidates,
                                            trust::Beside& beside) {
  const record::Record* best = *std::ranges::max_element(
      candidates, {}, [&](const record::Record* one) { return rank(*one, beside); });
  std::vector<const record::Record*> repeated;
  std::ranges::copy_if(candidates, std::back_inserter(repeated), [&](const record::Record* one) {
    return one->run == best->run &&
           beside.trust_of(*one).may_decide() == beside.trust_of(*best).may_decide();
  });
  const auto middle = repeated.begin() + static_cast<std::ptrdiff_t>((repeated.size() - 1) / 2);
  std::ranges::nth_element(repeated, middle, {}, [](const record::Record* one) {
    return std::tie(one->summary.median, one->id);
  });
  std::iter_swap(repeated.begin(), middle);
  return repeated;
}

}  // namespace

EvidenceIndex::EvidenceIndex(const Catalogue& catalogue, std::span<const record::Record> records,
                             std::vector<std::string> told)
    : recognition_(catalogue, std::move(told)), beside_(records) {
  std::map<DeviceKey, Device*> known;
  using Series = std::tuple<Device*, std::string, std::string, record::Mode>;
  std::map<Series, std::vector<const record::Record*>> all;
  std::set<std::pair<Series, std::string>> spoiled;  ///< series of a run with a bad repetition
  for (const record::Record& record : records) {
    Device*& device = known[key_of(record)];
    if (device == nullptr) {
      devices_.push_back(std::make_unique<Device>());
      device = devices_.back().get();
      device->identity = record.device;
      device->beside = &beside_;
      device->modelled = is_modelled(record);
    }
    const Series series{device, record.problem, record.implementation.name, record.settings.mode};
    if (device->modelled ? is_model_figure(record) : is_evidence(record)) {
      all[series].push_back(&record);
    } else {
      spoiled.emplace(series, record.run);
    }
  }
  std::unordered_map<std::string, Fields> parsed;
  for (auto& [series, candidates] : all) {
    std::erase_if(candidates, [&](const record::Record* one) {
      return spoiled.contains({series, one->run});
    });
    if (candidates.empty()) continue;
    Device& device = *std::get<0>(series);
    std::vector<const record::Record*> repeated = best_run(candidates, beside_);
    const record::Record* const middle = repeated.front();
    const auto [fields, fresh] = parsed.try_emplace(middle->problem);
    if (fresh) fields->second = fields_of(middle->problem);
    device.post(*middle, fields->second);
    if (repeated.size() > 1) device.repetitions[middle] = std::move(repeated);
  }
  // Ordered by name, so that the order of the records does not matter.
  for (const auto& [key, device] : known) ordered_.push_back(device);
}

EvidenceIndex::~EvidenceIndex() = default;

const std::vector<EvidenceIndex::Device*>& EvidenceIndex::of(const System& system) {
  const auto [slot, fresh] = by_system_.try_emplace(system.id);
  if (fresh) {
    std::ranges::copy_if(ordered_, std::back_inserter(slot->second), [&](const Device* device) {
      return recognition_.is(system, device->identity);
    });
  }
  return slot->second;
}

std::vector<Measured> EvidenceIndex::evaluate(const Test& test, const System& system,
                                              bool modelled) {
  std::vector<Measured> out;
  std::optional<Expression> expression;
  for (Device* device : of(system)) {
    if (device->modelled != modelled || device->records.empty()) continue;
    if (!expression) expression.emplace(test.quantity);
    if (auto one = device->measure(test, *expression)) out.push_back(std::move(*one));
  }
  return out;
}

std::vector<Measured> EvidenceIndex::measured(const Test& test, const System& system) {
  return evaluate(test, system, false);
}

std::vector<Measured> EvidenceIndex::modelled(const Test& test, const System& system) {
  return evaluate(test, system, true);
}

std::string EvidenceIndex::missing_energy(const Test& test, const System& system) {
  const Expression expression(test.quantity);
  for (const Device* device : of(system)) {
    if (device->modelled) continue;
    if (std::string why = device->missing_energy(test, expression); !why.empty()) return why;
  }
  return {};
}

std::vector<EvidenceIndex::Ambiguous> EvidenceIndex::ambiguous(const System& system) const {
  std::vector<Ambiguous> out;
  for (const Device* device : ordered_) {
    if (device->modelled) continue;
    auto systems = recognition_.candidates(system, device->identity);
    if (systems.size() > 1) out.push_back({device->identity, std::move(systems)});
  }
  return out;
}

std::vector<record::DeviceIdentity> EvidenceIndex::devices_of(const System& system) {
  std::vector<record::DeviceIdentity> out;
  for (const Device* device : of(system)) {
    if (!device->modelled) out.push_back(device->identity);
  }
  return out;
}

}  // namespace assay::results::claims
