#include "results/record/pattern.h"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace assay::results::record {

struct Pattern::Expression {
  std::regex regex;
};

namespace {

/// The library's compiler calls itself for every character and copies what is repeated.
void require_small(const std::string& text) {
  constexpr std::size_t kLongest = 1000, kMostCopies = 1000, kMostDigits = 4;
  if (text.size() > kLongest) {
    throw std::invalid_argument("it has more than 1000 characters");
  }
  std::size_t copies = 1;
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    std::size_t most = 1;
    for (std::size_t end = at + 1; end < text.size() && text[end] != '}';) {
      const std::size_t stop = std::min(text.find_first_not_of("0123456789", end), text.size());
      if (stop - end > kMostDigits) throw std::invalid_argument("it repeats a part too often");
      if (stop > end) most = std::max<std::size_t>(most, std::stoul(text.substr(end, stop - end)));
      if (stop == end && text[end] != ',') break;
      end = std::max(stop, end + 1);
    }
    copies *= most;
    if (copies > kMostCopies) throw std::invalid_argument("it repeats a part too often");
  }
}

/// Matched in a time that grows with the text's length only; the usual way may take for ever, or
/// all of the stack, for some patterns. An extension of GCC's library; it has no references to
/// groups.
#ifdef __GLIBCXX__
constexpr auto kBounded = std::regex_constants::__polynomial;
#else
constexpr auto kBounded = std::regex::ECMAScript;
#endif

std::regex compiled(const std::string& text, Letters letters) {
  require_small(text);
  try {
    const auto case_flag =
        letters == Letters::any_case ? std::regex::icase : std::regex::ECMAScript;
    return std::regex(text, std::regex::ECMAScript | kBounded | case_flag);
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
