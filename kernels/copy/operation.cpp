#include "kernels/copy/shape.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation copy_operation;
ReferenceFunction copy_reference;
CheckFunction copy_check;

StreamShape stream_shape(const Problem& problem) {
  return {.n = problem.dimension("n"), .type = problem.type("type")};
}

namespace {

const Field kFields[] = {
    dimension_field("n", "elements of each array"),
    moved_type_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_addressable("n", {problem.dimension("n")});
}

Work work(const Problem& problem) {
  return {0, compulsory_bytes(copy_operands(problem)), problem.type("type")};
}

const OperandText kOperands[] = {
    {"b", Role::input, "n elements"},
    {"a", Role::output, "n elements"},
};

}  // namespace

const Operation copy_operation = {
    .name = "copy",
    .summary = "memory copy",
    .formula = "a[i] = b[i]",
    .counting =
        "FLOP: none. Bytes: b read once, a written once, twice what `transfer direction=d2d` "
        "counts.",
    .figure = Figure::bytes,
    .roof = Roof::memory,
    .measures = Roof::memory,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = copy_operands,
    .work = work,
    .reference = copy_reference,
    .check = copy_check,
};

}  // namespace assay::kernels
