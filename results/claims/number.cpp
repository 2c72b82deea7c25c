#include "results/claims/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "kernels/error.h"
#include "results/claims/characters.h"

namespace assay::results::claims {
namespace {

using std::string_view_literals::operator""sv;

/// The number that a suffix or a word stands for, and its length; {1, 0} if there is none.
std::pair<double, std::size_t> suffix_of(std::string_view rest) {
  static constexpr std::array<std::pair<std::string_view, double>, 9> suffixes = {
      {{"k", 1e3},
       {"K", 1e3},
       {"M", 1e6},
       {"G", 1e9},
       {"T", 1e12},
       {" thousand", 1e3},
       {" million", 1e6},
       {" billion", 1e9},
       {" trillion", 1e12}}};
  for (const auto& [text, scale] : suffixes) {
    if (!rest.starts_with(text)) continue;
    const std::string_view after = rest.substr(text.size());
    const bool ends = after.empty() || after[0] == ' ' || after[0] == '-' ||
                      after.starts_with("–") || after.starts_with("×");
    if (ends) return {scale, text.size()};
  }
  return {1, 0};
}

std::size_t digits_at(std::string_view text, std::size_t at, std::string_view also = {}) {
  std::size_t end = at;
  while (end < text.size() && (is_digit(text[end]) || also.find(text[end]) < also.size())) ++end;
  return end - at;
}

/// Whether commas separate groups of three digits: "1,448", "520,000", not "1,5" or "0,500".
bool is_grouped(std::string_view digits) {
  const std::size_t first = digits.find(',');
  if (first == 0 || first > 3 || digits[0] == '0' || (digits.size() - first) % 4 != 0) return false;
  for (std::size_t i = first; i < digits.size(); ++i) {
    if ((digits[i] == ',') != ((i - first) % 4 == 0)) return false;
  }
  return true;
}

/// Reads a number step by step, and refuses it with the whole text.
class NumberReader {
 public:
  explicit NumberReader(std::string_view text) : text_(text), rest_(text) {}

  Number read() {
    Number number;
    number.sign = sign();
    int power = -decimals();
    power += exponent();
    const auto [last, error] =
        std::from_chars(digits_.data(), digits_.data() + digits_.size(), number.value);
    if (error != std::errc{} || !std::isfinite(number.value)) {
      refuse("does not begin with a number that can be stored",
             "write a number, a space and a unit: 3.2 TB/s");
    }
    const auto [suffix, length] = suffix_of(rest_);
    rest_.remove_prefix(length);
    number.suffix = suffix;
    number.value *= suffix * (number.sign == '-' ? -1 : 1);
    number.half_digit = 0.5 * std::pow(10.0, power) * suffix;
    number.whole = digits_.find('.') == std::string::npos && suffix == 1;
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    number.rest = rest_;
    return number;
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& hint) const {
    throw InputError(fmt::format("`{}` {}", quoted_briefly(text_), what), hint);
  }

  char sign() {
    for (const std::string_view minus : {"-"sv, "−"sv}) {
      if (!rest_.starts_with(minus)) continue;
      rest_.remove_prefix(minus.size());
      return '-';
    }
    if (!rest_.starts_with('+')) return 0;
    rest_.remove_prefix(1);
    return '+';
  }

  void take(std::size_t length) {
    digits_ += rest_.substr(0, length);
    rest_.remove_prefix(length);
  }

  /// Takes the digits before and after the point. Returns how many follow it.
  int decimals() {
    const std::size_t whole = digits_at(rest_, 0, ",");
    take(whole);
    if (digits_.find(',') != std::string::npos) {
      if (!is_grouped(digits_)) {
        refuse("has a comma that does not separate groups of three digits",
               "write 1.5 with a point, or 5,842.5 with commas between groups of three digits");
      }
      std::erase(digits_, ',');
    }
    const std::size_t after = rest_.starts_with('.') ? digits_at(rest_, 1) : 0;
    if (whole + after == 0) refuse_words();
    if (rest_.starts_with('.')) take(after + 1);
    if (rest_.starts_with(',')) {
      refuse("has a comma after the decimal point",
             "write 5,842.5 with commas between groups of three digits and a decimal point");
    }
    return static_cast<int>(after);
  }

  [[noreturn]] void refuse_words() const {
    const bool currency = std::ranges::any_of(
        std::array{"$"sv, "€"sv, "£"sv, "¥"sv},
        [&](std::string_view sign) { return text_.find(sign) != std::string_view::npos; });
    refuse("does not begin with a number",
           currency ? "write the currency behind the number, by its code: 2 USD/h"
                    : "write a number, a space and a unit: 3.2 TB/s");
  }

  /// Takes "e12" or "E-3"; an e without digits belongs to what follows.
  int exponent() {
    if (!rest_.starts_with('e') && !rest_.starts_with('E')) return 0;
    const std::size_t sign = rest_.size() > 1 && (rest_[1] == '+' || rest_[1] == '-');
    const std::size_t length = digits_at(rest_, 1 + sign);
    if (length == 0) return 0;
    std::string_view text = rest_.substr(1, sign + length);
    if (text.starts_with('+')) text.remove_prefix(1);
    int shift = 0;
    std::from_chars(text.data(), text.data() + text.size(), shift);
    digits_ += fmt::format("e{}", text);
    rest_.remove_prefix(1 + sign + length);
    return shift;
  }

  std::string_view text_, rest_;
  std::string digits_;
};

}  // namespace

Number read_number(std::string_view text) {
  return NumberReader(text).read();
}

}  // namespace assay::results::claims
