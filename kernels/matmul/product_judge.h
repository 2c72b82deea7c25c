// How far an element of a matrix product may be from the exact one.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/checking.h"
#include "kernels/freivalds.h"
#include "kernels/matmul/products.h"

namespace assay::kernels {

/// Whether units for operands of this type round every sum to nearest in the accumulator's type.
/// Those for narrower types add several products at a time, and drop bits.
inline bool sums_round_to_nearest(DataType operands) {
  return operands == DataType::f64 || operands == DataType::f32;
}

/// Bounds on rounding errors: a sum of K products in an accumulator of unit roundoff u
/// lies within gamma_K (|A||B|)_ij, gamma_K = K u / (1 - K u), and with random rounding within
/// about sqrt(K) u (|A||B|)_ij (Higham & Mary, SIAM J. Sci. Comput. 41, 2019). Where every sum is
/// rounded to nearest, and terms have either sign, partial sums are about as large as
/// sqrt(sum of (a b)^2) and |c_ij|: the error is about sqrt(K) u (the sum of both), whatever K.
/// Values of block-scaled operands are exact in FP64, as products of element and scale. A kernel
/// may round each once when it decodes it, or add up a block's products first and multiply the sum
/// by both scales; either way a product meets at most three roundings more, which count as terms
/// (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., lemma 3.1). Scales that are
/// powers of two add none.
/// A narrow accumulator that is added up in f32 every P products errs like this with min(K, P) for
/// K, since errors of the parts are independent. Cut off, not rounded, its unit is 2^-bits.
struct ProductJudge {
  MatmulShape shape;
  bool exact = false, by_squares = false;
  double probable = 0;  // sqrt(K) u
  double gamma = 0;     // gamma_K
  double factor = 127;
  // With sizes by squares, in units of the usual error: of one element, and of the root mean
  // square. With sums to nearest.
  double element = 4, mean = 0.3;

  ProductJudge(const ProductSet& set, const Accumulator& accumulator)
      : shape(set.shape),
        exact(set.exact),
        by_squares(sums_round_to_nearest(set.shape.a)),
        factor(set.factor) {
    const bool scaled = is_block_scaled(shape.a) || is_block_scaled(shape.b);
    const double u = unit_roundoff(shape.acc), terms = static_cast<double>(shape.k + scaled * 3);
    // With FP64 operands the FP64 reference has as large errors as the output.
    const double both = shape.acc == DataType::f64 ? 2 : 1;
    probable = both * std::sqrt(terms) * u;
    gamma = both * terms * u / (1 - std::min(0.5, terms * u));
    if (accumulator.fraction_bits > 0) narrow(accumulator);
  }

  static constexpr double kProbableFactor = 8;

  /// In this model of the unit 4e6 products of each distribution, K from 32 to 16384, had errors of
  /// at most 0.8 usual ones, and a root mean square of at most 0.11.
  void narrow(const Accumulator& accumulator) {
    const double terms = static_cast<double>(
        accumulator.promoted_every > 0 ? std::min<std::int64_t>(shape.k, accumulator.promoted_every)
                                       : shape.k);
    const double unit = std::ldexp(1, -accumulator.fraction_bits);
    probable += std::sqrt(terms) * unit;
    gamma += terms * unit;
    by_squares = true;
    element = 2;
    mean = 0.25;
    // Whole numbers are added without an error up to here.
    exact = exact && terms * factor * factor <= 2 / unit;
  }

  TermSizes sizes() const {
    if (exact) return TermSizes::none;
    return by_squares ? TermSizes::squares : TermSizes::magnitudes;
  }

  /// `size` as sizes() says.
  Bound bound(double value, double size) const {
    const double rounding = rounding_bound(shape.c, std::fabs(value));
    if (by_squares) {
      const double spread = std::sqrt(size), usual = probable * (spread + std::fabs(value));
      const double terms = std::sqrt(static_cast<double>(shape.k));
      return {.accept = element * usual + rounding,
              .worst = gamma * terms * spread + rounding,
              .typical = mean * (usual + rounding)};
    }
    return {.accept = kProbableFactor * probable * size + rounding,
            .worst = gamma * size * (1 + unit_roundoff(shape.c)) + rounding,
            .typical = probable * size + rounding};
  }

  ElementBound element_bound() const {
    const bool holds_sums = shape.c == shape.acc;
    const double k = static_cast<double>(shape.k), n = static_cast<double>(shape.n);
    if (exact && holds_sums && k * n * factor * factor <= 0x1p53) return {};
    if (by_squares && !exact) {
      return {.sums = probable,
              .rounding = probable + unit_roundoff(shape.c),
              .smallest = smallest_subnormal(shape.c),
              .by_squares = true};
    }
    return {.sums = exact ? 0 : kProbableFactor * probable,
            .rounding = unit_roundoff(shape.c),
            .smallest = smallest_subnormal(shape.c)};
  }
};

}  // namespace assay::kernels
