#include "kernels/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "kernels/input.h"

namespace assay::kernels {

Field dimension_field(std::string_view name, std::string_view meaning,
                      std::optional<Default> preset) {
  return {name, FieldKind::dimension, {}, meaning, preset};
}

Field tiled_field(std::string_view name, std::string_view meaning, std::optional<Default> preset) {
  Field field = dimension_field(name, meaning, preset);
  field.tiled = true;
  return field;
}

Field limit_field(std::string_view name, std::string_view meaning) {
  return {name, FieldKind::limit, {}, meaning, Default{"none"}, false};
}

Field type_field(std::string_view name, std::vector<std::string_view> choices,
                 std::string_view meaning, std::optional<Default> preset) {
  return {name, FieldKind::type, std::move(choices), meaning, preset};
}

Field choice_field(std::string_view name, std::vector<std::string_view> choices,
                   std::string_view meaning, std::optional<Default> preset) {
  return {name, FieldKind::choice, std::move(choices), meaning, preset};
}

Field moved_type_field() {
  return type_field("type", {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8", "i32"},
                    "type of the elements");
}

Field distribution_field(Default preset) {
  const auto names = distributions();
  return choice_field("dist", {names.begin(), names.end()},
                      "distribution of the operands' elements", preset);
}

Field seed_field() {
  return {"seed", FieldKind::seed, {}, "seed of the operands' random numbers", Default{"1"}};
}

DataType accumulator_of(DataType operand) {
  if (operand == DataType::f64) return DataType::f64;
  return is_integer(operand) ? DataType::i32 : DataType::f32;
}

std::int64_t exact_integer_limit(DataType type) {
  constexpr double kMostUseful = 2048;
  constexpr std::int64_t kOfWideTypes = 1024;
  const DataType element = is_block_scaled(type) ? traits(type).element : type;
  // A format of precision p holds every integer up to 2^p.
  const double exact = is_integer(type)
                           ? largest(type)
                           : std::min(1 / unit_roundoff(element), std::floor(largest(element)));
  return exact > kMostUseful ? kOfWideTypes : static_cast<std::int64_t>(exact);
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
    throw InputError(
        fmt::format("fields {}: an array of these extents is larger than 2^62 bytes", fields),
        "make them smaller");
  }
}

double compulsory_bytes(const std::vector<Operand>& operands) {
  double bytes = 0;
  for (const Operand& operand : operands) bytes += static_cast<double>(operand.bytes());
  return bytes;
}

}  // namespace assay::kernels
