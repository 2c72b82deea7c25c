#include "kernels/operation.h"

namespace assay::kernels {

std::int64_t Operand::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : extents) product *= extent;
  return product;
}

std::int64_t Operand::bytes() const {
  return elements() * static_cast<std::int64_t>(size_of(type));
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

}  // namespace assay::kernels
