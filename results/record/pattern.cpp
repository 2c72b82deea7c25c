#include "results/record/pattern.h"

#include <regex>
#include <stdexcept>

namespace assay::results::record {

struct Pattern::Expression {
  std::regex regex;
};

namespace {

std::regex compiled(const std::string& text, Letters letters) {
  try {
    const auto case_flag =
        letters == Letters::any_case ? std::regex::icase : std::regex::ECMAScript;
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize | case_flag);
  } catch (const std::regex_error& error) {
    throw std::invalid_argument(error.what());
  }
}

}  // namespace

Pattern::Pattern(const std::string& text, Letters letters)
    : expression_(std::make_shared<Expression>(Expression{compiled(text, letters)})) {}

bool Pattern::found_in(const std::string& text) const {
  return std::regex_search(text, expression_->regex);
}

bool Pattern::fits(const std::string& text) const {
  return std::regex_match(text, expression_->regex);
}

std::optional<std::string> Pattern::first_group(const std::string& text) const {
  std::smatch match;
  if (!std::regex_search(text, match, expression_->regex)) return std::nullopt;
  return match[1].str();
}

std::size_t Pattern::groups() const {
  return expression_->regex.mark_count();
}

}  // namespace assay::results::record
