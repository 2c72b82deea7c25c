#include "results/claims/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <regex>
#include <tuple>

#include "kernels/error.h"
#include "results/claims/expression.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/units.h"

namespace assay::results {
namespace {

/// What is modelled stands apart from what was measured on a device of the same names.
using DeviceKey =
    std::tuple<std::string, std::string, std::string, std::string, std::uint32_t, bool>;

DeviceKey key_of(const Record& record) {
  const DeviceIdentity& device = record.device;
  return {device.backend, device.name,  device.unique_id,
          device.bus_id,  device.index, is_modelled(record)};
}

std::string attribute(const DeviceIdentity& device, const std::string& key) {
  if (key == "name") return device.name;
  if (key == "vendor") return device.vendor;
  if (key == "kind") return device.kind;
  if (key == "backend") return device.backend;
  const auto found = device.properties.find(key);
  return found == device.properties.end() ? std::string() : found->second;
}

/// A rate with the interval that its times give.
struct Rate {
  const Record* record = nullptr;
  double work = 0;  ///< FLOP or bytes a launch
  double value = 0;
  Interval interval;
};

Rate rate_of(const Record& record, bool flop) {
  const double work = flop ? record.work.flop : record.work.bytes;
  const Summary& s = record.summary;
  // The order statistics' interval of a median of times, turned over.
  return {&record, work, work / s.median, {work / s.interval.upper, work / s.interval.lower}};
}

bool speaks_of_memory(const Record& record) {
  return record.work.bytes >= 4.0 * static_cast<double>(record.device.cache_bytes);
}

/// The fastest of each (problem, implementation, mode)'s newest records.
std::optional<Rate> best_rate(const ProblemPattern& pattern, bool flop,
                              std::span<const Record* const> records) {
  std::map<std::tuple<std::string, std::string, std::string>, const Record*> newest;
  for (const Record* record : records) {
    if (!flop && !speaks_of_memory(*record)) continue;
    if (!pattern.matches(record->operation, record->problem)) continue;
    const Record*& slot =
        newest[{record->problem, record->implementation.name, record->settings.mode}];
    if (slot == nullptr ||
        std::tie(slot->started, slot->id) < std::tie(record->started, record->id)) {
      slot = record;
    }
  }
  std::optional<Rate> best;
  for (const auto& [key, record] : newest) {
    const Rate rate = rate_of(*record, flop);
    if (!best || rate.value > best->value) best = rate;
  }
  return best;
}

/// Interval of a.value / b.value. Deviations are propagated as logarithms, so that a ratio stays
/// positive however uncertain its parts are.
Interval ratio_interval(const Rate& a, const Rate& b) {
  const double ratio = a.value / b.value;
  const double down =
      std::hypot(std::log(a.value / a.interval.lower), std::log(b.interval.upper / b.value));
  const double up =
      std::hypot(std::log(a.interval.upper / a.value), std::log(b.value / b.interval.lower));
  const Interval seconds = bootstrap_ratio(b.record->device_seconds, a.record->device_seconds, 0.95,
                                           /*seed=*/1);
  const double scale = a.work / b.work;
  return {std::min(seconds.lower * scale, ratio * std::exp(-down)),
          std::max(seconds.upper * scale, ratio * std::exp(up))};
}

Interval corner_interval(const Expression& expression, const std::vector<Rate>& rates) {
  Interval interval;
  const std::size_t corners = std::size_t{1} << rates.size();
  for (std::size_t corner = 0; corner < corners; ++corner) {
    std::vector<double> values;
    for (std::size_t i = 0; i < rates.size(); ++i) {
      const Interval& rate = rates[i].interval;
      values.push_back((corner >> i & 1) != 0 ? rate.upper : rate.lower);
    }
    const double value = expression.evaluate(values);
    interval.lower = corner == 0 ? value : std::min(interval.lower, value);
    interval.upper = corner == 0 ? value : std::max(interval.upper, value);
  }
  return interval;
}

bool is_ratio(const Expression& expression) {
  const auto& names = expression.names();
  return names.size() == 2 && expression.substitute([](const std::string& name) { return name; }) ==
                                  names[0] + " / " + names[1];
}

std::optional<Measured> measure_device(const Test& test, const Expression& expression,
                                       std::span<const Record* const> records, bool with_interval) {
  std::vector<Rate> rates;
  std::map<std::string, std::string> shown;
  Measured measured;
  measured.interval.lower = measured.interval.upper = std::numeric_limits<double>::quiet_NaN();
  measured.device = records.front()->device;
  for (const std::string& name : expression.names()) {
    const RateName rate_name = parse_rate_name(name);
    const auto rate =
        best_rate(ProblemPattern(test.problems.at(rate_name.problem)), rate_name.flop, records);
    if (!rate) return std::nullopt;
    rates.push_back(*rate);
    const Record& record = *rate->record;
    shown[name] = fmt::format(
        "{} ({}, {})",
        format_quantity(rate->value, parse_unit(rate_name.flop ? "FLOP/s" : "B/s").dimension),
        record.problem, record.implementation.name);
    measured.records.push_back(record.id);
    measured.date = std::max(measured.date, record.started);
    measured.samples =
        rates.size() == 1 ? record.summary.count : std::min(measured.samples, record.summary.count);
  }
  std::vector<double> values;
  for (const Rate& rate : rates) values.push_back(rate.value);
  measured.value = expression.evaluate(values);
  if (with_interval) {
    measured.interval = is_ratio(expression) ? ratio_interval(rates[0], rates[1])
                                             : corner_interval(expression, rates);
  }
  measured.text = expression.substitute([&](const std::string& name) { return shown.at(name); });
  return measured;
}

}  // namespace

bool matches(const System& system, const DeviceIdentity& device) {
  if (device.modelled) return device.unique_id == system.id;
  if (system.match.empty()) return false;
  return std::all_of(system.match.begin(), system.match.end(), [&](const auto& entry) {
    const std::regex pattern(entry.second, std::regex::ECMAScript | std::regex::icase);
    return std::regex_search(attribute(device, entry.first), pattern);
  });
}

namespace {

/// Records of the system's devices; patterns are tried once a device, not once a record.
std::map<DeviceKey, std::vector<const Record*>> by_device(const System& system,
                                                          std::span<const Record> records) {
  std::map<DeviceKey, std::vector<const Record*>> devices;
  for (const Record& record : records) devices[key_of(record)].push_back(&record);
  std::erase_if(devices,
                [&](const auto& entry) { return !matches(system, entry.second.front()->device); });
  return devices;
}

}  // namespace

bool is_evidence(const Record& record) {
  const std::string& division = record.implementation.division;
  return record.origin == Origin::measured && !is_modelled(record) && record.status == Status::ok &&
         record.check.outcome == kernels::Outcome::right && record.summary.count > 0 &&
         record.summary.interval.lower > 0 && (division == "library" || division == "native");
}

std::vector<DeviceIdentity> devices_of(const System& system, std::span<const Record> records) {
  std::vector<DeviceIdentity> out;
  for (const auto& [key, own] : by_device(system, records)) {
    if (!is_modelled(*own.front())) out.push_back(own.front()->device);
  }
  return out;
}

namespace {

std::vector<Measured> evaluate(const Test& test, const System& system,
                               std::span<const Record> records, bool (*heard)(const Record&),
                               bool with_interval) {
  const Expression expression(test.quantity);
  std::vector<Measured> out;
  for (auto& [key, own] : by_device(system, records)) {
    std::vector<const Record*> evidence;
    std::copy_if(own.begin(), own.end(), std::back_inserter(evidence),
                 [&](const Record* record) { return heard(*record); });
    if (evidence.empty()) continue;
    if (auto one = measure_device(test, expression, evidence, with_interval)) out.push_back(*one);
  }
  return out;
}

bool is_model_figure(const Record& record) {
  return is_modelled(record) && record.status == Status::ok && record.summary.median > 0;
}

}  // namespace

std::vector<Measured> measure(const Test& test, const System& system,
                              std::span<const Record> records) {
  return evaluate(test, system, records, is_evidence, true);
}

std::vector<Measured> modelled(const Test& test, const System& system,
                               std::span<const Record> records) {
  return evaluate(test, system, records, is_model_figure, false);
}

}  // namespace assay::results
