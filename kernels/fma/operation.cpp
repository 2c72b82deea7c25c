#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/fma/shape.h"

namespace assay::kernels {

extern const Operation fma_operation;
ReferenceFunction fma_reference;
CheckFunction fma_check;

FmaShape fma_shape(const Problem& problem) {
  const DataType type = problem.type("type");
  return {.n = problem.dimension("n"),
          .steps = problem.dimension("steps"),
          .type = type,
          .acc = problem.type("acc"),
          .w = std::max<std::int64_t>(1, 32 / bits_of(type))};
}

namespace {

std::string accumulator(const Problem& so_far) {
  return std::string(name(accumulator_of(so_far.type("type"))));
}

const Field kFields[] = {
    dimension_field("n", "running sums; a multiple of 64"),
    dimension_field("steps",
                    "steps of each sum, of w products each: 4 bytes of factors, at least one"),
    type_field("type", {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"},
               "type of the factors"),
    type_field("acc", {"f64", "f32", "i32"}, "type of the sums",
               Default{"f64 for f64, i32 for integers, else f32", accumulator}),
    distribution_field({"integer"}),
    seed_field(),
};

double terms(const FmaShape& s) {
  return static_cast<double>(s.w) * static_cast<double>(s.steps);
}

std::int64_t integer_limit(const FmaShape& s) {
  return largest_factor(exact_integer_limit(s.type), terms(s), exact_sum_limit(s.acc));
}

void validate(const Problem& problem) {
  const FmaShape s = fma_shape(problem);
  if (s.n % FmaShape::kColumns != 0) {
    throw InputError(fmt::format("field n: {} is not a multiple of 64", s.n),
                     "use a multiple of 64");
  }
  if (s.acc != accumulator_of(s.type)) {
    throw InputError(
        fmt::format("field acc: {} does not go with type={}", name(s.acc), name(s.type)),
        fmt::format("use acc={}", name(accumulator_of(s.type))));
  }
  require_addressable("n", {s.n});
  const bool integers = problem.choice("dist") == "integer";
  const bool overflows =
      is_integer(s.type) && !integers && terms(s) * 127 * 127 > exact_sum_limit(s.acc);
  if (overflows || (integers && integer_limit(s) < 1)) {
    throw InputError(fmt::format("field steps: {} steps of {} products are not exact in {}",
                                 s.steps, s.w, name(s.acc)),
                     "use fewer steps or another dist");
  }
}

std::vector<Operand> operands(const Problem& problem) {
  const FmaShape s = fma_shape(problem);
  const std::int64_t limit = std::max<std::int64_t>(1, integer_limit(s));
  return {{"a", Role::input, s.type, {FmaShape::kColumns, s.w}, false, limit, 1, s.w},
          {"b", Role::input, s.type, {s.rows(), s.w}, false, limit, 1, s.w},
          {"c", Role::output, s.acc, {s.n}}};
}

Work work(const Problem& problem) {
  const FmaShape s = fma_shape(problem);
  return {2 * terms(s) * static_cast<double>(s.n), compulsory_bytes(operands(problem)), s.type};
}

const OperandText kOperands[] = {
    {"a", Role::input, "64 x w factors, row-major"},
    {"b", Role::input, "n / 64 x w factors, row-major"},
    {"c", Role::output, "n sums"},
};

}  // namespace

const Operation fma_operation = {
    .name = "fma",
    .summary = "register-resident multiply-add rate",
    .formula = "c[64 r + j] = steps times the sum over l of a[j,l] b[r,l]",
    .counting =
        "FLOP: 2 n steps w, a multiply-add as two, with w products in a step: 4 bytes of factors, "
        "at least one. Bytes: a and b read once, c written once.",
    .measures = Roof::arithmetic,
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = fma_reference,
    .check = fma_check,
};

}  // namespace assay::kernels
