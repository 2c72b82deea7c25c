// Fields and rules that every product of matrices shares.
#pragma once

#include "kernels/matmul/shape.h"
#include "kernels/operation.h"

namespace assay::kernels {

/// The type of a factor.
Field factor_field(std::string_view name, std::string_view meaning);
/// `b`, by default the type of A.
Field second_factor_field();
/// `c`, by default the accumulator's type.
Field product_field();
/// `acc`, printed only where it is not the default for A's type.
Field accumulator_field();
/// `layout`, by default `nn`, or `nt` where B has block scales.
Field layout_field(std::vector<std::string_view> choices);

/// Throws InputError where the types of B, C or the accumulator do not go with A's.
void require_product_types(const MatmulShape& shape);
/// Throws InputError where blocks that share a scale do not run along k, or do not divide it.
void require_whole_blocks(const MatmulShape& shape);
/// The factors' type whose arithmetic bounds the rate: units for two types run at the wider one's.
DataType wider_factor(const MatmulShape& shape);
/// Throws InputError where sums of k products may overflow, or cannot be exact with dist=integer.
void require_exact_sums(const Problem& problem, const MatmulShape& shape);

/// Largest integer factor with which every partial sum is exact and, where possible, sums are
/// finite in a narrow C; at least 1.
std::int64_t product_integer_limit(const MatmulShape& shape);

}  // namespace assay::kernels
