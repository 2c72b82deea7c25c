#include "results/record/record.h"

#include "kernels/collective.h"
#include "kernels/error.h"
#include "kernels/problem.h"

namespace assay::results::record {

namespace {

double rate(double amount, const Record& record) {
  const bool has_rate = figure_of(record) != kernels::Figure::time;
  return has_rate && record.summary.median > 0 ? amount / record.summary.median : 0;
}

}  // namespace

bool is_modelled(const Record& record) {
  return record.origin == Origin::modelled || record.device.modelled;
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

std::optional<double> bus_rate(const Record& record) {
  const kernels::Operation* operation = kernels::find_operation(record.operation);
  if (operation == nullptr || operation->collective == nullptr) return std::nullopt;
  try {
    const auto problem = kernels::Problem::parse(record.problem);
    return byte_rate(record) * operation->collective->bus_factor(problem);
  } catch (const InputError&) {
    return std::nullopt;  // imported, with a problem text of another tool
  }
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

std::string notes_text(const Record& record) {
  std::string text;
  for (const Note& note : record.notes) text += (text.empty() ? "" : "; ") + note.text;
  return text;
}

double intensity(const Record& record) {
  return record.work.bytes > 0 ? record.work.flop / record.work.bytes : 0;
}

}  // namespace assay::results::record
