#include "kernels/matmul/rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

std::vector<std::string_view> factor_types() {
  return {"f64",       "f32",       "tf32",      "bf16",      "f16",   "f8e4m3", "f8e5m2",    "i8",
          "mxfp8e4m3", "mxfp8e5m2", "mxfp6e3m2", "mxfp6e2m3", "mxfp4", "nvfp4",  "f8e4m3g128"};
}

std::vector<std::string_view> second_factor_types() {
  std::vector<std::string_view> types = factor_types();
  types.push_back("i4g128");  // for weights alone
  return types;
}

/// Whether their blocks and scales are alike, as of all types of OCP Microscaling.
bool have_like_scales(DataType a, DataType b) {
  const TypeTraits &one = traits(a), &other = traits(b);
  return is_block_scaled(a) && one.block == other.block && one.scale == other.scale;
}

/// A product whose weights alone are narrow.
bool has_narrow_weights(DataType a, DataType b) {
  return (a == DataType::bf16 || a == DataType::f16) && is_block_scaled(b);
}

bool go_together(DataType a, DataType b) {
  return a == b || (is_8_bit_float(a) && is_8_bit_float(b)) || have_like_scales(a, b) ||
         has_narrow_weights(a, b);
}

/// The types of B that go with a type of A: "bf16, mxfp4 or nvfp4".
std::string partners_of(DataType a) {
  std::vector<std::string_view> all;
  for (const std::string_view name : second_factor_types()) {
    if (go_together(a, *data_type(name))) all.push_back(name);
  }
  const std::string_view last = all.back();
  all.pop_back();
  return all.empty() ? std::string(last) : fmt::format("{} or {}", fmt::join(all, ", "), last);
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

/// Types of C: the accumulator's, and A's own where that is stored as it is computed. Products of
/// block-scaled types are kept in 16 bits.
std::vector<DataType> product_types(DataType a) {
  const DataType accumulated = accumulator_of(a);
  if (is_block_scaled(a)) return {accumulated, DataType::bf16, DataType::f16};
  if (a == accumulated || is_integer(a) || a == DataType::tf32) return {accumulated};
  return {accumulated, a};
}

std::string usual_layout(const Problem& so_far) {
  return is_block_scaled(so_far.type("b")) ? "nt" : "nn";
}

void require_along_k(std::string_view operand, DataType type, bool along_k, const char* layouts,
                     std::int64_t k) {
  if (!is_block_scaled(type)) return;
  const std::int64_t block = traits(type).block;
  if (!along_k) {
    throw InputError(fmt::format("field layout: the blocks of {}={} run along k, so that k must be "
                                 "contiguous in it",
                                 operand, name(type)),
                     fmt::format("use layout={}", layouts));
  }
  if (k % block != 0) {
    throw InputError(fmt::format("field k: {} is no multiple of {}, the block of {}={}", k, block,
                                 operand, name(type)),
                     fmt::format("use k={}", (k + block - 1) / block * block));
  }
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
  return type_field("b", second_factor_types(), "type of B", Default{"the type of A", type_of_a});
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
      Default{"nn, but nt where B has block scales", usual_layout});
}

void require_product_types(const MatmulShape& shape) {
  if (!go_together(shape.a, shape.b)) {
    throw InputError(fmt::format("field b: {} does not go with a={}", name(shape.b), name(shape.a)),
                     fmt::format("use b={}", partners_of(shape.a)));
  }
  const std::vector<DataType> allowed = product_types(shape.a);
  if (std::find(allowed.begin(), allowed.end(), shape.c) == allowed.end()) {
    std::vector<std::string> texts;
    for (const DataType type : allowed) texts.push_back(fmt::format("c={}", name(type)));
    throw InputError(fmt::format("field c: {} does not go with a={}", name(shape.c), name(shape.a)),
                     fmt::format("use {}", fmt::join(texts, " or ")));
  }
  const DataType accumulated = accumulator_of(shape.a);
  if (shape.acc != accumulated) {
    throw InputError(
        fmt::format("field acc: {} does not go with a={}", name(shape.acc), name(shape.a)),
        fmt::format("use acc={}", name(accumulated)));
  }
}

void require_whole_blocks(const MatmulShape& shape) {
  require_along_k("a", shape.a, !shape.transpose_a, "nt", shape.k);
  require_along_k("b", shape.b, shape.transpose_b, is_block_scaled(shape.a) ? "nt" : "nt or tt",
                  shape.k);
}

DataType wider_factor(const MatmulShape& shape) {
  return bits_of(shape.b) > bits_of(shape.a) ? shape.b : shape.a;
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
