// Checks every element of a product in O(n^2): compares C x with A (B x), x random (Freivalds
// 1977).
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/checking.h"
#include "kernels/matrix_view.h"

namespace assay::kernels {

/// Bound on the error of elements of C = A B, with Euclidean norms:
///   by_squares  |error_ij| <= sums * sqrt(sum over k of a_ik^2 b_kj^2) + rounding * |c_ij| +
///   smallest
///   otherwise   |error_ij| <= sums * |a_i| |b_j| + rounding * |c_ij| + smallest;
///               (|A| |B|)_ij <= |a_i| |b_j| (Cauchy-Schwarz)
struct ElementBound {
  double sums = 0, rounding = 0, smallest = 0;
  bool by_squares = false;
  bool exact() const { return sums == 0 && rounding == 0 && smallest == 0; }
};

/// What the probes found for one row of C in one block of columns.
struct RowResidual {
  /// Largest |C x - A B x| as a multiple of its bound: 6 times the root sum of squares of the
  /// element bounds of the row in the block. Errors within their bounds exceed it with probability
  /// below 2 exp(-18) per probe (Hoeffding). With an exact bound the residual must be 0;
  /// kBeyondAnyBound stands for any other and for anything non-finite.
  double largest = 0;
  /// Root mean square of the same, to order rows by: one wrong element shows in every probe.
  double mean = 0;
};

/// The residuals of row i are blocks[i * count + 0 … count - 1], each of `width` columns.
struct Residuals {
  std::int64_t width = 0, count = 0;
  std::vector<RowResidual> blocks;
};

/// Columns to probe together: 512, so that one wrong element stands out from the rounding of few
/// others, or more where A would be multiplied by so many vectors that all takes seven times as
/// long.
std::int64_t probed_columns(double m, double n, double k);

/// From `probes` (1 … 64) vectors of random signs for each block of `width` columns (a multiple of
/// 256), all in one pass over each matrix. With k = A.columns, n = B.columns the arithmetic is
/// FP64; its own rounding is added to the bound, unless the bound is exact, which requires k n
/// max|a| max|b| <= 2^53.
Residuals freivalds(const MatrixView& a, const MatrixView& b, const MatrixView& c,
                    const ElementBound& bound, std::int64_t width, int probes, std::uint64_t seed);

/// FLOP that freivalds() takes for an m x k by k x n product in blocks of `width` columns.
double freivalds_flop(double m, double n, double k, std::int64_t width, int probes);

}  // namespace assay::kernels
