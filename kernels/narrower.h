// Which lower type was multiplied in place of the declared one: told from the errors, which are
// those that inputs of the lower type would make.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/dtype.h"

namespace assay::kernels {

/// A way to round inputs to fewer bits.
struct NarrowInputs {
  std::string_view name;  ///< "tf32"
  /// Rounds values in place. `largest` is the largest magnitude among what shares a scale.
  void (*round)(std::span<double> values, double largest);
  /// Each vector that is summed over (a row of A, a key) has a scale of its own; else the operand.
  bool by_vector = false;
};

/// Ways to lose precision against `type` that kernels use; empty where none is known.
std::span<const NarrowInputs> narrower_than(DataType type);

/// Rounds one vector of an operand whose largest magnitude is `largest`.
void narrow_vector(const NarrowInputs& inputs, std::span<double> vector, double largest);

/// The largest finite magnitude; 0 where there is none.
double largest_magnitude(std::span<const double> values);
/// The same of the first `elements` elements of an array.
double largest_magnitude(DataType type, std::span<const std::byte> array, std::int64_t elements);

/// Collects how much of an output's errors each candidate explains.
class Explanations {
 public:
  /// `got`, `expected` with the declared inputs and with the candidate's, in any unit: `weight` is
  /// the size of a usual error of the element.
  void add(std::size_t candidate, double got, double expected, double narrow, double weight);
  void name(std::size_t candidate, std::string text);
  /// "agrees with tf32 inputs": the candidates that explain the most, where that is the `share` of
  /// the squared errors or more; a wrong candidate adds errors of its own. Empty where there is
  /// none.
  std::string best(double share) const;

 private:
  struct One {
    std::string name;
    double squares = 0, left = 0;
  };
  std::vector<One> all_;
};

/// Enough of the squared errors of many independent elements, and of those of one tile alone.
inline constexpr double kShareOfMany = 1.0 / 3, kShareOfTile = 0.8;

/// "holds values of bf16 only": the narrowest type below `type` that holds all of `got` exactly;
/// empty where there is none or where too few values differ from zero to tell.
std::string narrow_output(DataType type, std::span<const double> got);

}  // namespace assay::kernels
