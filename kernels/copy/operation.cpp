#include "kernels/copy/check.h"
#include "kernels/copy/shape.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation copy_operation;

StreamShape stream_shape(const Problem& problem) {
  return {.n = problem.dimension("n"), .type = problem.type("type")};
}

namespace {

std::vector<std::string_view> all_types() {
  return {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8", "i32"};
}

const Field kFields[] = {
    dimension_field("n", "elements of each array"),
    type_field("type", all_types(), "type of the elements"),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_addressable("n", {problem.dimension("n")});
}

std::vector<Operand> operands(const Problem& problem) {
  const StreamShape s = stream_shape(problem);
  return {{"b", Role::input, s.type, {s.n}, false, exact_integer_limit(s.type), 1, s.n},
          {"a", Role::output, s.type, {s.n}}};
}

Work work(const Problem& problem) {
  return {0, compulsory_bytes(operands(problem)), problem.type("type")};
}

}  // namespace

const Operation copy_operation = {"copy", "memory copy, a = b", kFields,   validate, operands,
                                  work,   copy_reference,       copy_check};

}  // namespace assay::kernels
