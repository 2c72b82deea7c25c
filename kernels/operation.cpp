#include "kernels/operation.h"

#include <fmt/format.h>

#include "kernels/error.h"
#include "kernels/nearest.h"

namespace assay::kernels {

std::int64_t Operand::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : extents) product *= extent;
  return product;
}

std::int64_t Operand::bytes() const {
  return bytes_of(type, elements());
}

std::string_view name(Role role) {
  return role == Role::input ? "input" : "output";
}

std::string_view name(Figure figure) {
  static constexpr std::string_view kNames[] = {"operations", "bytes", "time"};
  return kNames[static_cast<std::size_t>(figure)];
}

std::string_view name(Roof roof) {
  static constexpr std::string_view kNames[] = {"arithmetic", "memory", "link", "none"};
  return kNames[static_cast<std::size_t>(roof)];
}

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::right:
      return "right";
    case Outcome::suspicious:
      return "suspicious";
    case Outcome::unchecked:
      return "unchecked";
    case Outcome::wrong:
      break;
  }
  return "wrong";
}

const Operation* find_operation(std::string_view name) {
  for (const Operation* operation : operations()) {
    if (operation->name == name) return operation;
  }
  return nullptr;
}

const Operation& operation_named(std::string_view name, std::string_view place) {
  if (const Operation* operation = find_operation(name)) return *operation;
  std::vector<std::string> names;
  for (const Operation* operation : operations()) names.emplace_back(operation->name);
  const std::string list = fmt::format("the operations are {}", fmt::join(names, ", "));
  if (name.empty()) throw InputError(fmt::format("{}: no operation named", place), list);
  throw InputError(fmt::format("{}: unknown operation `{}`", place, name),
                   did_you_mean(name, names, list));
}

}  // namespace assay::kernels
