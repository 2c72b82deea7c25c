#include "results/claims/measured_value.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "results/statistics/course.h"

namespace assay::results::claims {
namespace {

/// Joules per launch, or work per joule.
MeasuredValue measured_energy(const record::Record& record, MeasuredQuantity quantity_kind) {
  const record::Energy& energy = record.energy;
  const double joules = *energy.joules_per_launch;
  const statistics::Interval ends{*energy.joules_lower, *energy.joules_upper};
  if (quantity_kind == MeasuredQuantity::energy) return {&record, 0, joules, ends};
  const double work =
      quantity_kind == MeasuredQuantity::flop_per_watt ? record.work.flop : record.work.bytes;
  return {&record, work, work / joules, {work / ends.upper, work / ends.lower}};
}

}  // namespace

bool has_energy(const record::Record& record) {
  const record::Energy& energy = record.energy;
  return energy.joules_per_launch && energy.joules_lower && energy.joules_upper &&
         *energy.joules_lower > 0;
}

bool is_of_bytes(MeasuredQuantity quantity_kind) {
  return quantity_kind == MeasuredQuantity::byte ||
         quantity_kind == MeasuredQuantity::byte_per_watt;
}

bool less_is_better(MeasuredQuantity quantity_kind) {
  return quantity_kind == MeasuredQuantity::time || quantity_kind == MeasuredQuantity::energy;
}

MeasuredValue measured_value(const record::Record& record, MeasuredQuantity quantity_kind) {
  if (needs_energy(quantity_kind)) return measured_energy(record, quantity_kind);
  const statistics::Summary& s = record.summary;
  if (quantity_kind == MeasuredQuantity::time) return {&record, 0, s.median, s.interval};
  const double work =
      quantity_kind == MeasuredQuantity::flop ? record.work.flop : record.work.bytes;
  // The interval of the median time, which comes from order statistics, inverted.
  return {&record, work, work / s.median, {work / s.interval.upper, work / s.interval.lower}};
}

void settle(MeasuredValue& measured, MeasuredQuantity quantity_kind) {
  if (needs_energy(quantity_kind)) return;
  const record::Record& record = *measured.record;
  const statistics::Interval seconds = statistics::settled_interval(
      record.device_seconds, record.summary.interval, record.summary.confidence);
  measured.interval = quantity_kind == MeasuredQuantity::time
                          ? seconds
                          : statistics::Interval{measured.work / seconds.upper,
                                                 measured.work / std::max(seconds.lower, 1e-12)};
}

statistics::Interval ratio_interval(const MeasuredValue& a, const MeasuredValue& b) {
  const double ratio = a.value / b.value;
  const double down =
      std::hypot(std::log(a.value / a.interval.lower), std::log(b.interval.upper / b.value));
  const double up =
      std::hypot(std::log(a.interval.upper / a.value), std::log(b.value / b.interval.lower));
  return {ratio * std::exp(-down), ratio * std::exp(up)};
}

statistics::Interval corner_interval(const Expression& expression,
                                     const std::vector<MeasuredValue>& readings) {
  statistics::Interval interval;
  const std::size_t corners = std::size_t{1} << readings.size();
  for (std::size_t corner = 0; corner < corners; ++corner) {
    std::vector<double> values;
    for (std::size_t i = 0; i < readings.size(); ++i) {
      const statistics::Interval& reading = readings[i].interval;
      values.push_back((corner >> i & 1) != 0 ? reading.upper : reading.lower);
    }
    const double value = expression.evaluate(values);
    interval.lower = corner == 0 ? value : std::min(interval.lower, value);
    interval.upper = corner == 0 ? value : std::max(interval.upper, value);
  }
  return interval;
}

bool at_one_clock(const std::vector<MeasuredValue>& readings) {
  constexpr double kSame = 1.02;
  double lowest = std::numeric_limits<double>::infinity(), highest = 0;
  for (const MeasuredValue& reading : readings) {
    const record::Sensors& sensors = reading.record->sensors;
    const double clock = sensors.clock_stood_still ? 0 : sensors.clock_hz_median.value_or(0);
    lowest = std::min(lowest, clock);
    highest = std::max(highest, clock);
  }
  return lowest > 0 && highest <= kSame * lowest;
}

bool is_ratio_of_rates(const Expression& expression) {
  const auto& names = expression.names();
  return names.size() == 2 && names[0].starts_with("rate.") && names[1].starts_with("rate.") &&
         expression.substitute([](const std::string& name) { return name; }) ==
             names[0] + " / " + names[1];
}

Side side_of_all(const Expression& expression, const std::vector<double>& values,
                 const std::vector<Side>& sides) {
  if (std::ranges::all_of(sides, [](Side side) { return side == Side::exact; })) return Side::exact;
  // One rate, perhaps times a number, keeps its side.
  const bool one = sides.size() == 1 &&
                   expression.number(std::vector{values[0] * 1.01}) > expression.number(values);
  return one ? sides.front() : Side::unknown;
}

}  // namespace assay::results::claims
