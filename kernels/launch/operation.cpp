#include <fmt/format.h>

#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/launch/shape.h"

namespace assay::kernels {

extern const Operation launch_operation;
ReferenceFunction launch_reference;
CheckFunction launch_check;

LaunchShape launch_shape(const Problem& problem) {
  return {problem.dimension("n")};
}

namespace {

constexpr std::int64_t kMostOutputs = 1 << 20;

const Field kFields[] = {
    dimension_field("n", "outputs, each set by one work-item"),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const std::int64_t n = problem.dimension("n");
  if (n > kMostOutputs) {
    throw InputError(
        fmt::format("field n: {} outputs are real work, and a launch must have almost none", n),
        fmt::format("use n <= {}", kMostOutputs));
  }
}

std::vector<Operand> operands(const Problem& problem) {
  return {{"b", Role::input, DataType::i32, {1}, false, exact_integer_limit(DataType::i32)},
          {"a", Role::output, DataType::i32, {problem.dimension("n")}}};
}

Work work(const Problem& problem) {
  return {0, compulsory_bytes(operands(problem)), DataType::i32};
}

const OperandText kOperands[] = {
    {"b", Role::input, "one number"},
    {"a", Role::output, "n numbers"},
};

}  // namespace

const Operation launch_operation = {
    .name = "launch",
    .summary = "latency of an almost empty kernel",
    .formula = "a[i] = b[0] + i",
    .counting = "FLOP: none counted. Bytes: b read once, a written once.",
    .figure = Figure::time,
    .roof = Roof::none,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = launch_reference,
    .check = launch_check,
};

}  // namespace assay::kernels
