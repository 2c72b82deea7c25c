// Fields and rules that every kind of attention shares.
#pragma once

#include "kernels/attention/shape.h"
#include "kernels/operation.h"

namespace assay::kernels {

/// `mask`: none or causal.
Field mask_field();

/// Pairs of a query and a key that it sees, in one head of one sequence.
double visible_pairs(const AttentionShape& shape);

/// Throws InputError where a causal mask leaves a query without any key.
void require_some_key(const AttentionShape& shape);
/// Throws InputError for dist=integer.
void require_inexact(const Problem& problem);

}  // namespace assay::kernels
