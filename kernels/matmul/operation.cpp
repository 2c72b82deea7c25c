#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/matmul/check.h"
#include "kernels/matmul/shape.h"

namespace assay::kernels {

extern const Operation matmul_operation;

MatmulShape matmul_shape(const Problem& problem) {
  const std::string& layout = problem.choice("layout");
  return {.m = problem.dimension("m"),
          .n = problem.dimension("n"),
          .k = problem.dimension("k"),
          .batch = problem.dimension("batch"),
          .a = problem.type("a"),
          .b = problem.type("b"),
          .c = problem.type("c"),
          .acc = problem.type("acc"),
          .transpose_a = layout[0] == 't',
          .transpose_b = layout[1] == 't'};
}

namespace {

Field layout_field() {
  return {"layout",
          FieldKind::choice,
          [](const Problem&) { return std::string("nn"); },
          {"nn", "nt", "tn", "tt"},
          "storage of A then B, row-major; t = stored transposed (A as k x m, B as n x k)"};
}

Field batch_field() {
  return {"batch",
          FieldKind::dimension,
          [](const Problem&) { return std::string("1"); },
          {},
          "independent products, stored one after the other",
          false};
}

std::string type_of_a(const Problem& so_far) {
  return std::string(name(so_far.type("a")));
}
std::string accumulator(const Problem& so_far) {
  return std::string(name(accumulator_of(so_far.type("a"))));
}

Field accumulator_field() {
  Field field = type_field("acc", {"f64", "f32", "i32"}, "type of the partial sums", accumulator);
  field.always_printed = false;
  return field;
}

const Field kFields[] = {
    dimension_field("m", "rows of A and C"),
    dimension_field("n", "columns of B and C"),
    dimension_field("k", "columns of A, rows of B: the length of each sum"),
    type_field("a", {"f64", "f32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"}, "type of A"),
    type_field("b", {"f64", "f32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"}, "type of B",
               type_of_a),
    type_field("c", {"f64", "f32", "bf16", "f16", "f8e4m3", "f8e5m2", "i32"}, "type of C",
               accumulator),
    accumulator_field(),
    layout_field(),
    batch_field(),
    distribution_field(),
    seed_field(),
};

/// Factors that keep every partial sum exact, and the sums finite in a narrow C where they can be.
std::int64_t integer_limit(const MatmulShape& shape) {
  const auto terms = static_cast<double>(shape.k);
  const std::int64_t cap = std::min(exact_integer_limit(shape.a), exact_integer_limit(shape.b));
  const std::int64_t exact = largest_factor(cap, terms, exact_sum_limit(shape.acc));
  if (exact <= 1 || is_integer(shape.c)) return exact;
  return std::max<std::int64_t>(1, largest_factor(exact, terms, largest(shape.c)));
}

bool is_8_bit_float(DataType type) {
  return !is_integer(type) && size_of(type) == 1;
}

void validate(const Problem& problem) {
  const MatmulShape shape = matmul_shape(problem);
  if (shape.a != shape.b && !(is_8_bit_float(shape.a) && is_8_bit_float(shape.b))) {
    throw InputError(fmt::format("field b: {} does not go with a={}", name(shape.b), name(shape.a)),
                     fmt::format("use b={}; only the two 8-bit floating types mix", name(shape.a)));
  }
  const DataType accumulated = accumulator_of(shape.a);
  const bool same = shape.c == shape.a && !is_integer(shape.a);
  if (shape.c != accumulated && !same) {
    throw InputError(fmt::format("field c: {} does not go with a={}", name(shape.c), name(shape.a)),
                     same || is_integer(shape.a)
                         ? fmt::format("use c={}", name(accumulated))
                         : fmt::format("use c={} or c={}", name(accumulated), name(shape.a)));
  }
  if (shape.acc != accumulated) {
    throw InputError(
        fmt::format("field acc: {} does not go with a={}", name(shape.acc), name(shape.a)),
        fmt::format("use acc={}", name(accumulated)));
  }
  require_addressable("m, k, batch", {shape.m, shape.k, shape.batch});
  require_addressable("k, n, batch", {shape.k, shape.n, shape.batch});
  require_addressable("m, n, batch", {shape.m, shape.n, shape.batch});
  const double largest_sum = static_cast<double>(shape.k) * 127 * 127;
  if (is_integer(shape.a) && largest_sum > exact_sum_limit(shape.acc)) {
    throw InputError(fmt::format("field k: {} products of i8 may overflow i32", shape.k),
                     "use k <= 133144");
  }
  if (problem.choice("dist") == "integer" && integer_limit(shape) < 1) {
    throw InputError(fmt::format("field k: with dist=integer a sum of {} terms is not exact in {}",
                                 shape.k, name(shape.acc)),
                     fmt::format("use k <= {:.0f} or another dist", exact_sum_limit(shape.acc)));
  }
}

std::vector<Operand> operands(const Problem& problem) {
  const MatmulShape s = matmul_shape(problem);
  const std::int64_t limit = std::max<std::int64_t>(1, integer_limit(s));
  Operand a{"a", Role::input, s.a, {s.batch, s.m, s.k}, false, limit, 1, s.k};
  if (s.transpose_a) {
    a.extents = {s.batch, s.k, s.m};
    a.channel_stride = s.m;
  }
  Operand b{"b", Role::input, s.b, {s.batch, s.k, s.n}, true, limit, s.n, s.k};
  if (s.transpose_b) {
    b.extents = {s.batch, s.n, s.k};
    b.channel_stride = 1;
  }
  return {a, b, {"c", Role::output, s.c, {s.batch, s.m, s.n}}};
}

Work work(const Problem& problem) {
  const MatmulShape s = matmul_shape(problem);
  const double products = static_cast<double>(s.batch) * static_cast<double>(s.m) *
                          static_cast<double>(s.n) * static_cast<double>(s.k);
  return {2 * products, compulsory_bytes(operands(problem)), s.a};
}

}  // namespace

const Operation matmul_operation = {"matmul",         "dense matrix product, batched, C = A B",
                                    kFields,          validate,
                                    operands,         work,
                                    matmul_reference, matmul_check};

}  // namespace assay::kernels
