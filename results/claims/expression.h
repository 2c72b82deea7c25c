// Arithmetic expressions of named figures, used in relations, rules, metrics and tests of claims.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "results/claims/units.h"
#include "results/statistics/statistics.h"

namespace assay::results::claims {

/// An expression of numbers, names, + - * / ^ ( ) and sqrt, min, max, abs, parsed once. A name is a
/// letter followed by letters, digits and . : @ _ -, so operators need spaces around them.
/// `rate.flop(x)` or `time(x)` is one name, looked up as a whole.
class Expression {
 public:
  /// Throws InputError that quotes the text if it cannot be parsed.
  explicit Expression(std::string text);

  const std::string& text() const { return text_; }
  /// Names in order of first use, each once.
  const std::vector<std::string>& names() const { return names_; }
  /// Whether the whole text is one name.
  bool is_name() const { return code_.size() == 1 && code_[0].operation == Operation::name; }

  /// The result, which may be NaN or infinite; `values` in the order of names().
  double number(std::span<const double> values) const;
  /// The same, but throws InputError unless the result is finite.
  double evaluate(std::span<const double> values) const;
  double evaluate(std::initializer_list<double> values) const {
    return evaluate(std::span(values.begin(), values.size()));
  }

  /// The smallest and the largest result if each name takes either end of its interval: exact if
  /// the expression is monotonic in each name; infinite if it has no value at some corner. Throws
  /// InputError for more than 12 uncertain names.
  statistics::Interval evaluate(std::span<const statistics::Interval> values) const;

  /// Dimension of the result, from those of the names. Throws InputError if different dimensions
  /// are added or compared.
  Dimension dimension(std::span<const Dimension> dimensions) const;
  Dimension dimension(std::initializer_list<Dimension> dimensions) const {
    return dimension(std::span(dimensions.begin(), dimensions.size()));
  }

  /// The text with each name replaced by the result of `show`, and "*" by "×".
  std::string substitute(const std::function<std::string(const std::string& name)>& show) const;

 private:
  enum class Operation : std::uint8_t {
    number,
    name,
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    root,
    least,
    greatest,
    absolute
  };
  /// In the order in which a stack machine runs them.
  struct Instruction {
    Operation operation;
    std::size_t name = 0;  ///< index into names_
    double number = 0;
  };
  struct Use {
    std::size_t begin, end, name;  ///< range of a name in text_
  };
  class Parser;
  template <typename Value, typename Machine>
  Value run(std::span<const Value> values, Machine machine) const;

  std::string text_;
  std::vector<std::string> names_;
  std::vector<Instruction> code_;
  std::vector<Use> uses_;
};

}  // namespace assay::results::claims
