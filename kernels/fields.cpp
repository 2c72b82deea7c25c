#include "kernels/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "kernels/input.h"

namespace assay::kernels {

Field dimension_field(std::string_view name, std::string_view meaning) {
  return {name, FieldKind::dimension, nullptr, {}, meaning};
}

Field type_field(std::string_view name, std::vector<std::string_view> choices,
                 std::string_view meaning, std::string (*fallback)(const Problem&)) {
  return {name, FieldKind::type, fallback, std::move(choices), meaning};
}

Field distribution_field(std::string (*fallback)(const Problem&)) {
  const auto names = distributions();
  if (fallback == nullptr) fallback = [](const Problem&) { return std::string("uniform"); };
  return {"dist",
          FieldKind::choice,
          fallback,
          {names.begin(), names.end()},
          "distribution of the operands' elements"};
}

Field seed_field() {
  return {"seed",
          FieldKind::seed,
          [](const Problem&) { return std::string("1"); },
          {},
          "seed of the operands' random numbers"};
}

DataType accumulator_of(DataType operand) {
  if (operand == DataType::f64) return DataType::f64;
  return is_integer(operand) ? DataType::i32 : DataType::f32;
}

std::int64_t exact_integer_limit(DataType type) {
  switch (type) {
    case DataType::bf16:
      return 256;
    case DataType::f16:
    case DataType::tf32:
      return 2048;
    case DataType::f8e4m3:
      return 16;
    case DataType::f8e5m2:
      return 8;
    case DataType::i8:
      return 127;
    default:
      return 1 << 10;
  }
}

double exact_sum_limit(DataType accumulator) {
  if (accumulator == DataType::f64) return 0x1p53;
  return accumulator == DataType::i32 ? 0x1p31 - 1 : 0x1p24;
}

std::int64_t largest_factor(std::int64_t cap, double terms, double limit) {
  const double root = std::min(std::sqrt(limit / terms), static_cast<double>(cap));
  auto factor = static_cast<std::int64_t>(root);
  while (factor > 0 && terms * static_cast<double>(factor * factor) > limit) --factor;
  return factor;
}

void require_addressable(std::string_view fields, std::initializer_list<std::int64_t> extents) {
  double bytes = 8;
  for (const std::int64_t extent : extents) bytes *= static_cast<double>(extent);
  if (bytes > 0x1p62) {
    throw InputError(fmt::format("fields {}: an array of these extents passes 2^62 bytes", fields),
                     "make them smaller");
  }
}

double compulsory_bytes(const std::vector<Operand>& operands) {
  double bytes = 0;
  for (const Operand& operand : operands) bytes += static_cast<double>(operand.bytes());
  return bytes;
}

}  // namespace assay::kernels
