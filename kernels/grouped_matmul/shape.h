// The dimensions and types of products with experts: each group of rows has its own matrix.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/matmul/shape.h"

namespace assay::kernels {

/// A [tokens, k], B [groups, k, n] (nt: [groups, n, k]), sizes [groups] of i32, C [tokens, n],
/// dense and row-major. The first sizes[0] rows of A and C belong to group 0, the next sizes[1] to
/// group 1, and so on; sizes may be 0 and sum to `tokens`. Rows are tokens sorted by expert: a
/// token that goes to 8 experts is 8 rows.
struct GroupedMatmulShape {
  MatmulShape product;  ///< types, n, k and transpose_b; m = tokens, batch = 1
  std::int64_t tokens = 1, groups = 1;
  /// sizes, and where each group begins.
  std::vector<std::int64_t> sizes, begins;

  std::int64_t groups_hit() const;  ///< groups with at least one row
  /// The product of one group, as a matmul.
  MatmulShape of_group(std::int64_t group) const;
};

GroupedMatmulShape grouped_matmul_shape(const Problem& problem);

/// How `routing` distributes `tokens` rows; a function of the problem's text alone. With r(g) = g
/// for the first two and weights w_r below, group g has floor(T W(r + 1)) - floor(T W(r)) rows,
/// where W is the running sum of the weights over their total, in exact integers:
///   balanced  w_r = 1: sizes differ by one at most
///   zipf      w_r = floor(2^24 / (r + 1)), r(g) a random permutation drawn from Problem::hash()
///             (Fisher-Yates with SplitMix64): a few experts get most rows, some may get none
///   one       all rows go to group Problem::hash() mod groups
std::vector<std::int64_t> group_sizes(const Problem& problem);

}  // namespace assay::kernels
