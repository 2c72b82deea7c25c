// Tells from the errors of a product which type its operands really had.
#pragma once

#include "kernels/matmul/products.h"

namespace assay::kernels {

/// Compares the errors at some rows and columns with those that narrower operands make.
///   a check that is not right   gets "agrees with tf32 inputs" in its `where`, where that is so
///   a right check of f32        becomes suspicious where its errors follow those of three products
///                               of bf16, of which a long sum hides the size: of e = the errors and
///                               d = those predicted, <e, d> / <d, d> is 1 in such a product, 0 in
///                               any other, and judged only where that is told apart by 16
///                               standard deviations
/// `worst_at`: the element with the largest error, as an index of the whole output; -1: none.
void judge_inputs(const ProductSet& set, std::int64_t worst_at, std::uint64_t seed, Check& check);

}  // namespace assay::kernels
