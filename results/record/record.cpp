#include "results/record/record.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/collective.h"
#include "kernels/error.h"
#include "kernels/problem.h"
#include "results/record/bus_rate.h"

namespace assay::results::record {

namespace {

double rate(double amount, const Record& record) {
  const bool has_rate = figure_of(record) != kernels::Figure::time;
  return has_rate && record.summary.median > 0 ? amount / record.summary.median : 0;
}

/// The value of "ranks=8" in a text; 0 if there is none.
int stated_ranks(const std::string& problem) {
  constexpr std::string_view kField = " ranks=";
  const std::size_t at = problem.find(kField);
  if (at == std::string::npos) return 0;
  return std::max(0, std::atoi(problem.c_str() + at + kField.size()));
}

}  // namespace

bool is_modelled(const Record& record) {
  return record.origin == Origin::modelled || record.device.modelled;
}

bool is_evidence(const Record& record) {
  return facts(record.origin).is_evidence && !is_modelled(record) &&
         facts(record.status).is_evidence && record.check.outcome == kernels::Outcome::right &&
         record.summary.count > 0 && record.summary.interval.lower > 0 &&
         facts(record.implementation.division).is_evidence;
}

bool is_unverified(const Record& record) {
  return record.origin == Origin::imported && !is_modelled(record) && record.status == Status::ok &&
         record.check.outcome == kernels::Outcome::unchecked;
}

double flop_rate(const Record& record) {
  return rate(record.work.flop, record);
}
double byte_rate(const Record& record) {
  return rate(record.work.bytes, record);
}

double quoted_rate(const Record& record) {
  return figure_of(record) == kernels::Figure::operations ? flop_rate(record) : byte_rate(record);
}

bool is_collective(std::string_view operation) {
  const kernels::Operation* known = kernels::find_operation(operation);
  return known != nullptr && known->collective != nullptr;
}

std::optional<double> bus_factor(std::string_view operation, const std::string& problem) {
  if (!is_collective(operation)) return std::nullopt;
  const kernels::Collective& collective = *kernels::find_operation(operation)->collective;
  try {
    return collective.bus_factor(kernels::Problem::parse(problem));
  } catch (const InputError&) {
    // Imported, with a problem text of another tool.
    const int ranks = stated_ranks(problem);
    return ranks > 0 ? std::optional(collective.factor(ranks)) : std::nullopt;
  }
}

std::optional<double> bus_rate(const Record& record) {
  const auto factor = bus_factor(record.operation, record.problem);
  return factor ? std::optional(byte_rate(record) * *factor) : std::nullopt;
}

kernels::Figure figure_of(std::string_view operation, const kernels::Work& work) {
  if (const auto* known = kernels::find_operation(operation)) return known->figure;
  return work.flop > 0 ? kernels::Figure::operations : kernels::Figure::bytes;
}

kernels::Figure figure_of(const Record& record) {
  return figure_of(record.operation, record.work);
}

double counted_work(std::string_view operation, const kernels::Work& work) {
  return figure_of(operation, work) == kernels::Figure::operations ? work.flop : work.bytes;
}

kernels::Roof roof_of(const Record& record) {
  const auto* known = kernels::find_operation(record.operation);
  return known != nullptr ? known->roof : kernels::Roof::arithmetic;
}

std::optional<kernels::Roof> measured_roof(const Record& record) {
  const auto* known = kernels::find_operation(record.operation);
  return known != nullptr ? known->measures : std::nullopt;
}

std::optional<double> Energy::half_width() const {
  if (!joules_per_launch || !joules_lower || !joules_upper) return std::nullopt;
  return std::max(*joules_upper - *joules_per_launch, *joules_per_launch - *joules_lower) /
         *joules_per_launch;
}

std::optional<statistics::Interval> rate_per_watt_interval(const Record& record) {
  const Energy& energy = record.energy;
  if (!energy.rate_per_watt || !energy.half_width()) return std::nullopt;
  const double scale = *energy.rate_per_watt * *energy.joules_per_launch;
  return statistics::Interval{scale / *energy.joules_upper, scale / *energy.joules_lower};
}

std::string notes_text(const Record& record) {
  std::string text;
  for (const Note& note : record.notes) text += (text.empty() ? "" : "; ") + note.text;
  return text;
}

double intensity(const Record& record) {
  return record.work.bytes > 0 ? record.work.flop / record.work.bytes : 0;
}

}  // namespace assay::results::record
