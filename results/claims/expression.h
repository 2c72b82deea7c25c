// Arithmetic over named figures, as relations and tests of claims state it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "results/claims/units.h"

namespace assay::results {

/// An expression of numbers, names, + - * / ^ ( ) and functions (sqrt, min, max, …), parsed once.
/// A name is a letter followed by letters, digits and . : _ -, so operators stand between spaces;
/// `rate.flop(x)` is a name with one argument and is looked up as a whole.
class Expression {
 public:
  /// Throws InputError quoting the text where it cannot be parsed.
  explicit Expression(std::string text);

  const std::string& text() const { return text_; }
  /// Names in order of first use, each once.
  const std::vector<std::string>& names() const { return names_; }

  /// `values` in the order of names(). Throws InputError where the result is not a number.
  double evaluate(const std::vector<double>& values) const;

  /// Dimension of the result, from those of the names. Throws InputError where unlike dimensions
  /// are added or compared.
  Dimension dimension(const std::vector<Dimension>& dimensions) const;

  /// The text with each name replaced by what `show` gives, "*" by "×".
  std::string substitute(const std::function<std::string(const std::string& name)>& show) const;

 private:
  std::string text_, parsed_;
  std::vector<std::string> names_;
};

}  // namespace assay::results
