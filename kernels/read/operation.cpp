#include "kernels/fields.h"
#include "kernels/read/shape.h"

namespace assay::kernels {

extern const Operation read_operation;
ReferenceFunction read_reference;
CheckFunction read_check;

ReadShape read_shape(const Problem& problem) {
  const DataType type = problem.type("type");
  return {.n = problem.dimension("n"), .type = type, .acc = accumulator_of(type)};
}

namespace {

const Field kFields[] = {
    dimension_field("n", "elements of the array"),
    type_field("type", {"f64", "f32", "bf16", "f16"}, "type of the elements"),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_addressable("n", {problem.dimension("n")});
}

std::vector<Operand> operands(const Problem& problem) {
  const ReadShape s = read_shape(problem);
  // Every partial sum of a segment stays exact.
  const auto exact = static_cast<std::int64_t>(exact_sum_limit(s.acc)) / ReadShape::kSegment;
  const std::int64_t limit = std::min(exact_integer_limit(s.type), exact);
  return {{"b", Role::input, s.type, {s.n}, false, limit, 1, s.n},
          {"sums", Role::output, s.acc, {s.sums()}}};
}

Work work(const Problem& problem) {
  const ReadShape s = read_shape(problem);
  return {static_cast<double>(s.n), compulsory_bytes(operands(problem)), s.type};
}

const OperandText kOperands[] = {
    {"b", Role::input, "n elements"},
    {"sums", Role::output, "n / 8192, rounded up; in f32, of f64 in f64"},
};

}  // namespace

const Operation read_operation = {
    .name = "read",
    .summary = "memory read: sums of segments",
    .formula = "sums[j] = sum over i from 8192 j to 8192 j + 8191 of b[i]",
    .counting = "FLOP: n. Bytes: b read once, the sums written once.",
    .figure = Figure::bytes,
    .roof = Roof::memory,
    .measures = Roof::memory,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = read_reference,
    .check = read_check,
};

}  // namespace assay::kernels
