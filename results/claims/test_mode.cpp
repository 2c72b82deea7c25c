#include "results/claims/test_mode.h"

#include <algorithm>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/claims/expression.h"

namespace assay::results::claims {
namespace {

/// Whether nothing but arithmetic limits the problem on any device.
bool is_arithmetic(const kernels::Problem& problem) {
  const kernels::Operation& operation = problem.operation();
  if (operation.measures == kernels::Roof::arithmetic) return true;
  if (operation.roof != kernels::Roof::arithmetic) return false;
  const kernels::Work work = operation.work(problem);
  return work.bytes > 0 && work.flop / work.bytes >= kHighIntensity;
}

bool is_hot_by_default(const Test& test) {
  const Expression quantity(test.quantity);
  // Energy is read over launches that follow each other, whatever limits them.
  if (needs_energy(test)) return true;
  const bool rates = std::ranges::all_of(quantity.names(), [](const std::string& name) {
    return parse_measured_name(name).quantity_kind == MeasuredQuantity::flop;
  });
  if (!rates) return false;
  if (!test.run.empty()) {
    return std::ranges::all_of(test.run, [](const std::string& text) {
      return is_arithmetic(kernels::Problem::parse(text));
    });
  }
  // The best rate of any problem of the operation is that of a large one.
  return std::ranges::all_of(test.problems, [](const auto& problem) {
    const auto* operation = kernels::find_operation(ProblemPattern(problem.second).operation());
    return operation != nullptr && operation->roof == kernels::Roof::arithmetic;
  });
}

}  // namespace

bool needs_energy(const Test& test) {
  const Expression quantity(test.quantity);
  return std::ranges::any_of(quantity.names(), [](const std::string& name) {
    return needs_energy(parse_measured_name(name).quantity_kind);
  });
}

record::Mode mode_of(const Test& test) {
  if (test.mode) return *test.mode;
  return is_hot_by_default(test) ? record::Mode::hot : record::Mode::cold;
}

std::string_view mode_reason(const Test& test) {
  if (test.mode) return "stated by the catalogue";
  return mode_of(test) == record::Mode::hot ? "arithmetic limits its problems, or it needs energy"
                                            : "memory or a time limits its problems";
}

bool exceeds_caches(const record::Record& record) {
  constexpr double kBeyond = 4;
  return record.work.bytes >= kBeyond * static_cast<double>(record.device.cache_bytes);
}

Side side_of(record::Mode wanted, const record::Record& record, MeasuredQuantity quantity_kind) {
  const record::Mode used = record.settings.mode;
  if (used == wanted) return Side::exact;
  if (used == record::Mode::hot && record.device.cache_bytes > 0 && exceeds_caches(record))
    return Side::exact;
  if (needs_energy(quantity_kind)) return Side::unknown;
  const bool slower = used == record::Mode::cold;
  const bool grows_with_speed = quantity_kind != MeasuredQuantity::time;
  return slower == grows_with_speed ? Side::at_least : Side::at_most;
}

}  // namespace assay::results::claims
