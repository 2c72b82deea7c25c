// Error bounds of attention's output.
#pragma once

#include "kernels/attention/rows.h"
#include "kernels/checking.h"

namespace assay::kernels {

/// Bound on one element `o` of a row, with V the largest |v| of its column, n keys, probabilities
/// p, f32 accumulators u = 2^-24 and the operands' type of unit roundoff t:
///   scores      a dot product of d terms, scale, shift and exp change each weight by a factor
///   within
///               1 ± e, e = (g(d) + 8) u |q| max|k| scale + 8 u, hence o by e (V + |o|)
///   sums        over n keys, of weights and of weighted values: (g(n) + 8) u (V + |o|)
///   weights     may be rounded to the operands' type before they meet V, while their sum is not:
///               sum p |v| t <= V t at worst; with independent roundings 8 t V sqrt(sum p^2)
///               (Hoeffding, p < 2 exp(-32)); a common part moves o by t |o|. Where small weights
///               underflow, g(n) subnormals more.
///   cap         c tanh(s / c) may be off by 2^-11 of itself (f32: 16 u), which adds to e
///   masked      keys may have a weight of the smallest normal f32 each instead of 0
///   output      one rounding
/// The root mean square error of right kernels is `kTypical` times
///   (t + 2^-24 (sqrt(d) s + sqrt(n) + 4 + |sink|) + 2 c) (sqrt(sum p^2 v^2) + |o|)
/// at most, s the typical root sum of squares of the products in a score, c the cap's error of a
/// score of the row's weighted mean size, and an element's error
/// is `kTypicalElement` times that at most: weights and output are rounded once each, and rounding
/// errors of scores and sums are independent.
/// g(x) = x at worst (gamma_x to first order) and min(x, 8 sqrt(x)) with random rounding (Higham &
/// Mary 2019).
Bound attention_bound(const AttentionShape& shape, const AttentionRow& row, std::size_t column);

/// How far outside min v … max v an element may lie, where |v| <= largest in its column: the sum of
/// the terms above that do not cancel between weights and their sum.
double hull_slack(const AttentionShape& shape, std::int64_t visible, double largest);

}  // namespace assay::kernels
