#include "kernels/copy/shape.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation triad_operation;
ReferenceFunction triad_reference;
CheckFunction triad_check;

namespace {

const Field kFields[] = {
    dimension_field("n", "elements of each array"),
    type_field("type", {"f64", "f32", "bf16", "f16"}, "type of the elements"),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_addressable("n", {problem.dimension("n")});
}

std::vector<Operand> operands(const Problem& problem) {
  const StreamShape s = stream_shape(problem);
  // |b + 3c| <= 4r stays exact.
  const std::int64_t limit = exact_integer_limit(s.type) / 4;
  return {{"b", Role::input, s.type, {s.n}, false, limit, 1, s.n},
          {"c", Role::input, s.type, {s.n}, false, limit, 1, s.n},
          {"a", Role::output, s.type, {s.n}}};
}

Work work(const Problem& problem) {
  const StreamShape s = stream_shape(problem);
  return {2 * static_cast<double>(s.n), compulsory_bytes(operands(problem)), s.type};
}

const OperandText kOperands[] = {
    {"b", Role::input, "n elements"},
    {"c", Role::input, "n elements"},
    {"a", Role::output, "n elements"},
};

}  // namespace

const Operation triad_operation = {
    .name = "triad",
    .summary = "memory triad (McCalpin's STREAM)",
    .formula = "a[i] = b[i] + 3 c[i]",
    .counting = "FLOP: 2 n. Bytes: b and c read once, a written once.",
    .figure = Figure::bytes,
    .roof = Roof::memory,
    .measures = Roof::memory,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = triad_reference,
    .check = triad_check,
};

}  // namespace assay::kernels
