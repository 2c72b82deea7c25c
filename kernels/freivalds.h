// Checks every element of a product in O(n^2): compares C x with A (B x), x random (Freivalds
// 1977).
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/checking.h"
#include "kernels/matrix_view.h"

namespace assay::kernels {

/// Bound on the error of elements of C = A B: |error_ij| <= sums * |a_i| |b_j| + rounding * |c_ij|
/// + smallest, with Euclidean norms; (|A| |B|)_ij <= |a_i| |b_j| (Cauchy-Schwarz).
struct ElementBound {
  double sums = 0, rounding = 0, smallest = 0;
  bool exact() const { return sums == 0 && rounding == 0 && smallest == 0; }
};

/// What the probes found for one row of C.
struct RowResidual {
  /// Largest |C x - A B x| as a multiple of its bound: 6 times the root sum of squares of the row's
  /// element bounds. Errors within their bounds exceed it with probability below 2 exp(-18) per
  /// probe (Hoeffding). With an exact bound the residual must be 0; kBeyondAnyBound stands for
  /// any other and for anything non-finite.
  double largest = 0;
  /// Root mean square of the same, to order rows by: one wrong element shows in every probe.
  double mean = 0;
};

/// One entry per row of C, from `probes` (1 … 64) vectors of random signs, all in one pass over
/// each matrix. With k = A.columns, n = B.columns the arithmetic is FP64; its own rounding is added
/// to the bound, unless the bound is exact, which requires k n max|a| max|b| <= 2^53.
std::vector<RowResidual> freivalds(const MatrixView& a, const MatrixView& b, const MatrixView& c,
                                   const ElementBound& bound, int probes, std::uint64_t seed);

/// FLOP that freivalds() takes for an m x k by k x n product.
double freivalds_flop(double m, double n, double k, int probes);

}  // namespace assay::kernels
