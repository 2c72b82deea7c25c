#include "backends/cudalike/gemm.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

extern char** environ;

namespace assay::backends::cudalike {

using kernels::DataType;
using kernels::MatmulShape;

const void* Scalars::at(const BlasNumbers& numbers, int compute, int index) const {
  if (compute == numbers.compute_f64) return &f64[index];
  if (compute == numbers.compute_i32) return &i32[index];
  return &f32[index];
}

int blas_type(const BlasNumbers& numbers, DataType type) {
  const std::string_view text = kernels::name(type);
  const std::pair<std::string_view, int> known[] = {
      {"f32", numbers.f32}, {"tf32", numbers.f32},      {"f64", numbers.f64},
      {"f16", numbers.f16}, {"bf16", numbers.bf16},     {"i8", numbers.i8},
      {"i32", numbers.i32}, {"f8e4m3", numbers.f8e4m3}, {"f8e5m2", numbers.f8e5m2}};
  for (const auto& [name, number] : known) {
    if (name == text) return number;
  }
  return -1;
}

GemmTypes gemm_types(const BlasNumbers& numbers, const MatmulShape& shape) {
  GemmTypes types = {blas_type(numbers, shape.a), blas_type(numbers, shape.b),
                     blas_type(numbers, shape.c), numbers.compute_f32, numbers.f32};
  const std::string_view a = kernels::name(shape.a);
  if (a == "tf32") types.compute = numbers.compute_tf32;
  if (a == "f64") types.compute = numbers.compute_f64, types.scale = numbers.f64;
  if (a == "i8") types.compute = numbers.compute_i32, types.scale = numbers.i32;
  return types;
}

Gemm gemm(const BlasNumbers& numbers, const MatmulShape& shape) {
  return {.first_operation = shape.transpose_b ? numbers.transpose : numbers.none,
          .second_operation = shape.transpose_a ? numbers.transpose : numbers.none,
          .rows = shape.n,
          .columns = shape.m,
          .depth = shape.k,
          .first_stride = shape.transpose_b ? shape.k : shape.n,
          .second_stride = shape.transpose_a ? shape.m : shape.k,
          .result_stride = shape.n,
          .types = gemm_types(numbers, shape)};
}

std::string why_no_scales(const MatmulShape& shape) {
  if (!is_block_scaled(shape.a) && !is_block_scaled(shape.b)) return {};
  return fmt::format(
      "not known for {} x {}: the library's own layout of block scales is not supported here",
      name(shape.a), name(shape.b));
}

std::string why_no_gemm(const Dialect& dialect, const MatmulShape& shape) {
  const GemmTypes types = gemm_types(dialect.blas, shape);
  for (const auto& [number, type] :
       {std::pair{types.a, shape.a}, {types.b, shape.b}, {types.c, shape.c}}) {
    if (number < 0) return fmt::format("{}'s BLAS has no type {}", dialect.vendor, name(type));
  }
  if (types.compute < 0) {
    return fmt::format("{}'s BLAS does not compute {}", dialect.vendor, name(shape.a));
  }
  if (std::max({shape.m, shape.n, shape.k, shape.batch}) > std::numeric_limits<int>::max()) {
    return "an extent is beyond 32 bits";
  }
  return {};
}

std::string blas_environment() {
  static constexpr std::string_view kPrefixes[] = {"CUBLAS",  "NVIDIA_TF32", "HIPBLAS",
                                                   "ROCBLAS", "TENSILE",     "MUBLAS",
                                                   "MCBLAS",  "CUDNN",       "ACBLAS"};
  Texts all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto starts = [&](std::string_view prefix) { return text.starts_with(prefix); };
    if (std::ranges::any_of(kPrefixes, starts)) all.emplace_back(text);
  }
  std::ranges::sort(all);
  return fmt::format("{}", fmt::join(all, " "));
}

}  // namespace assay::backends::cudalike
