#include "kernels/matmul/rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

std::vector<std::string_view> factor_types() {
  return {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"};
}

std::string type_of_a(const Problem& so_far) {
  return std::string(name(so_far.type("a")));
}
std::string accumulator(const Problem& so_far) {
  return std::string(name(accumulator_of(so_far.type("a"))));
}

Default usual_accumulator() {
  return {"f64 for f64, i32 for integers, else f32", accumulator};
}

/// Whether C may have the factors' own type. tf32 products are stored as f32.
bool may_keep_type(DataType factors) {
  return !is_integer(factors) && factors != DataType::tf32;
}

/// Largest factor that keeps sums exact; 0 where there is none.
std::int64_t exact_limit(const MatmulShape& shape) {
  const auto terms = static_cast<double>(shape.k);
  const std::int64_t cap = std::min(exact_integer_limit(shape.a), exact_integer_limit(shape.b));
  const std::int64_t exact = largest_factor(cap, terms, exact_sum_limit(shape.acc));
  if (exact <= 1 || is_integer(shape.c)) return exact;
  return std::max<std::int64_t>(1, largest_factor(exact, terms, largest(shape.c)));
}

}  // namespace

Field factor_field(std::string_view name, std::string_view meaning) {
  return type_field(name, factor_types(), meaning);
}

Field second_factor_field() {
  return type_field("b", factor_types(), "type of B", Default{"the type of A", type_of_a});
}

Field product_field() {
  return type_field("c", {"f64", "f32", "bf16", "f16", "f8e4m3", "f8e5m2", "i32"}, "type of C",
                    usual_accumulator());
}

Field accumulator_field() {
  Field field =
      type_field("acc", {"f64", "f32", "i32"}, "type of the partial sums", usual_accumulator());
  field.always_printed = false;
  return field;
}

Field layout_field(std::vector<std::string_view> choices) {
  return choice_field(
      "layout", std::move(choices),
      "storage of A, then of B, row-major; n = as written, t = transposed (A as k x m, B as n x k)",
      Default{"nn"});
}

void require_product_types(const MatmulShape& shape) {
  if (shape.a != shape.b && !(is_8_bit_float(shape.a) && is_8_bit_float(shape.b))) {
    throw InputError(
        fmt::format("field b: {} does not go with a={}", name(shape.b), name(shape.a)),
        fmt::format("use b={}; only the two 8-bit floating types can be mixed", name(shape.a)));
  }
  const DataType accumulated = accumulator_of(shape.a);
  if (shape.c != accumulated && (shape.c != shape.a || !may_keep_type(shape.a))) {
    const bool one = accumulated == shape.a || !may_keep_type(shape.a);
    throw InputError(fmt::format("field c: {} does not go with a={}", name(shape.c), name(shape.a)),
                     one ? fmt::format("use c={}", name(accumulated))
                         : fmt::format("use c={} or c={}", name(accumulated), name(shape.a)));
  }
  if (shape.acc != accumulated) {
    throw InputError(
        fmt::format("field acc: {} does not go with a={}", name(shape.acc), name(shape.a)),
        fmt::format("use acc={}", name(accumulated)));
  }
}

void require_exact_sums(const Problem& problem, const MatmulShape& shape) {
  const double largest_sum = static_cast<double>(shape.k) * 127 * 127;
  if (is_integer(shape.a) && largest_sum > exact_sum_limit(shape.acc)) {
    throw InputError(fmt::format("field k: {} products of i8 may overflow i32", shape.k),
                     "use k <= 133144");
  }
  if (problem.choice("dist") == "integer" && exact_limit(shape) < 1) {
    throw InputError(fmt::format("field k: with dist=integer a sum of {} terms is not exact in {}",
                                 shape.k, name(shape.acc)),
                     fmt::format("use k <= {:.0f} or another dist", exact_sum_limit(shape.acc)));
  }
}

std::int64_t product_integer_limit(const MatmulShape& shape) {
  return std::max<std::int64_t>(1, exact_limit(shape));
}

}  // namespace assay::kernels
