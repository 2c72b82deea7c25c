// Regular expressions (ECMAScript). <regex> costs seconds to compile wherever it is included, so
// only pattern.cpp includes it.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace assay::results::record {

enum class Letters { exact, any_case };

class Pattern {
 public:
  /// Throws std::invalid_argument where the text is no regular expression.
  explicit Pattern(const std::string& text, Letters letters = Letters::exact);

  /// Whether it fits somewhere in the text.
  bool found_in(const std::string& text) const;
  /// Whether it fits the whole text.
  bool fits(const std::string& text) const;
  /// What its first group holds where it is found in the text.
  std::optional<std::string> first_group(const std::string& text) const;
  /// How many groups it has.
  std::size_t groups() const;

 private:
  struct Expression;
  std::shared_ptr<const Expression> expression_;
};

}  // namespace assay::results::record
