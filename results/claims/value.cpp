#include "results/claims/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kernels/error.h"
#include "results/claims/characters.h"
#include "results/claims/number.h"

namespace assay::results::claims {
namespace {

/// "about" makes the last digit written this many times as uncertain.
constexpr double kAbout = 10;

enum class Word { at_least, at_most, maximum, about };

struct Phrase {
  std::string_view text;
  Word word;
};

/// A phrase that begins with another one stands before it.
constexpr std::array<Phrase, 35> kPhrases = {{
    {"no less than", Word::at_least},
    {"not less than", Word::at_least},
    {"no fewer than", Word::at_least},
    {"more than", Word::at_least},
    {"greater than", Word::at_least},
    {"at least", Word::at_least},
    {"above", Word::at_least},
    {"over", Word::at_least},
    {">=", Word::at_least},
    {"≥", Word::at_least},
    {">", Word::at_least},
    {"no more than", Word::at_most},
    {"not more than", Word::at_most},
    {"less than", Word::at_most},
    {"fewer than", Word::at_most},
    {"at most", Word::at_most},
    {"below", Word::at_most},
    {"under", Word::at_most},
    {"<=", Word::at_most},
    {"≤", Word::at_most},
    {"<", Word::at_most},
    {"up to", Word::maximum},
    {"as much as", Word::maximum},
    {"as many as", Word::maximum},
    {"a maximum of", Word::maximum},
    {"about", Word::about},
    {"around", Word::about},
    {"roughly", Word::about},
    {"approximately", Word::about},
    {"nearly", Word::about},
    {"almost", Word::about},
    {"ca.", Word::about},
    {"circa", Word::about},
    {"~", Word::about},
    {"≈", Word::about},
}};

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

std::optional<Word> take_phrase(std::string_view& rest) {
  skip_spaces(rest);
  for (const Phrase& phrase : kPhrases) {
    if (!rest.starts_with(phrase.text)) continue;
    std::string_view after = rest.substr(phrase.text.size());
    if (is_letter(phrase.text.back()) && !after.starts_with(' ')) continue;
    skip_spaces(after);
    rest = after;
    return phrase.word;
  }
  return std::nullopt;
}

bool begins_number(std::string_view text) {
  skip_spaces(text);
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  if (text.starts_with('.')) text.remove_prefix(1);
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

struct Separator {
  std::size_t at = std::string_view::npos, length = 0;
};

/// Where the second number of a range begins, behind the first one.
Separator separator_in(std::string_view rest) {
  static constexpr std::array<std::string_view, 4> texts = {"to ", "–", "—", "-"};
  for (std::size_t at = 0; at < rest.size(); ++at) {
    for (const std::string_view text : texts) {
      if (!rest.substr(at).starts_with(text) || !begins_number(rest.substr(at + text.size()))) {
        continue;
      }
      const bool inside_word = text == "to " && at > 0 && rest[at - 1] != ' ';
      if (!inside_word) return {at, text.size()};
    }
  }
  return {};
}

std::string_view without_end_spaces(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

class ValueParser {
 public:
  explicit ValueParser(std::string_view text) : text_(text), rest_(text) {}

  PublishedValue parse() {
    words();
    Number first = read_number(rest_);
    const Separator separator = separator_in(first.rest);
    if (separator.at == std::string_view::npos) {
      set_ends(first, first, first.rest, first.rest);
    } else {
      range(first, separator);
    }
    finish();
    return value_;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const {
    throw InputError(fmt::format("`{}` {}", quoted_briefly(text_), what), hint);
  }

  void words() {
    bool bounded = false;
    while (const auto word = take_phrase(rest_)) {
      if (*word == Word::about ? about_ : bounded) {
        fail("has two words for one thing", "keep one of them");
      }
      (*word == Word::about ? about_ : bounded) = true;
      value_.maximum |= *word == Word::maximum;
      if (*word == Word::at_least) value_.bound = Comparison::at_least;
      if (*word == Word::at_most) value_.bound = Comparison::at_most;
    }
    bounded_ = bounded;
    if (about_ && bounded_) {
      fail("is about a bound, which says nothing definite", "keep the bound or `about`");
    }
    skip_spaces(rest_);
    if (!rest_.empty() && is_letter(rest_[0])) {
      fail("does not begin with a number",
           "write a number, a space and a unit: 3.2 TB/s; words before it are for example `more "
           "than`, `less than`, `up to` and `about`");
    }
  }

  void range(Number& first, const Separator& separator) {
    if (bounded_) {
      fail("is a bound with a range", "a bound has one number; make a range a value of its own");
    }
    const std::string_view unit = without_end_spaces(first.rest.substr(0, separator.at));
    std::string_view rest = first.rest.substr(separator.at + separator.length);
    skip_spaces(rest);
    Number second = read_number(rest);
    if (unit.empty() && first.suffix == 1) {
      first.value *= second.suffix;
      first.half_digit *= second.suffix;
      first.whole = first.whole && second.suffix == 1;
    }
    if (second.sign == 0 && first.sign != 0) {
      second.sign = first.sign;
      if (first.sign == '-') second.value = -second.value;
    }
    if (!unit.empty() && second.rest.empty()) {
      fail("has a unit after the first number only", "write the unit after the second number");
    }
    value_.is_range = true;
    set_ends(first, second, unit.empty() ? second.rest : unit, second.rest);
  }

  void set_ends(const Number& first, const Number& second, std::string_view first_unit,
                std::string_view second_unit) {
    const Unit a = parse_unit(first_unit);
    const Unit b = parse_unit(second_unit);
    if (a.dimension != b.dimension) {
      fail(fmt::format("is a range from {} to {}", symbol(a.dimension), symbol(b.dimension)),
           "give both ends units of one dimension");
    }
    const auto half = [](const Number& number, std::string_view unit, double scale) {
      return number.whole && unit.empty() ? 0 : number.half_digit * scale;
    };
    lower_half_ = half(first, first_unit, a.scale);
    upper_half_ = half(second, second_unit, b.scale);
    value_.ends = {first.value * a.scale, second.value * b.scale};
    value_.quantity.unit = second_unit;
    value_.quantity.dimension = b.dimension;
    scale_ = b.scale;
    if (second_unit == "%" && first.sign != 0) return change();
    if (first.sign == '+' || second.sign == '+') {
      fail("has a sign and is not a change in %",
           "write a change as +45 %, anything else without +");
    }
    if (value_.ends.lower > value_.ends.upper) upside_down();
  }

  [[noreturn]] void upside_down() const {
    fail("is a range that is upside down", "exchange its two numbers");
  }

  /// A change of +45 % is a ratio of 1.45; of two reductions, -30 % to -40 %, the first may be the
  /// smaller one, as people write it.
  void change() {
    value_.change = true;
    value_.reduction = value_.ends.lower < 0 && value_.ends.upper <= 0;
    if (value_.reduction && value_.ends.lower > value_.ends.upper) {
      std::swap(value_.ends.lower, value_.ends.upper);
      std::swap(lower_half_, upper_half_);
    }
    if (value_.ends.lower > value_.ends.upper) upside_down();
    if (value_.ends.lower <= -1) fail("is a reduction by everything", "write less than 100 %");
    value_.ends = {1 + value_.ends.lower, 1 + value_.ends.upper};
    value_.quantity.unit = "x";
    scale_ = 1;
  }

  void finish() {
    const double factor = about_ ? kAbout : 1;
    value_.range = {value_.ends.lower - factor * lower_half_,
                    value_.ends.upper + factor * upper_half_};
    value_.quantity.value = value_.ends.lower + (value_.ends.upper - value_.ends.lower) / 2;
    value_.quantity.written = value_.is_range || value_.change ? value_.quantity.value / scale_
                                                               : read_number(rest_).value;
    value_.quantity.half_digit = factor * std::max(lower_half_, upper_half_);
    const bool plain = !value_.is_range && !value_.change && !about_ && !bounded_ &&
                       text_.find(',') == std::string_view::npos && is_one_number();
    if (!plain) value_.text = without_end_spaces(text_);
  }

  /// Whether the number has no suffix, so that it is shown as it was written.
  bool is_one_number() const { return read_number(rest_).suffix == 1; }

  std::string_view text_, rest_;
  PublishedValue value_;
  double lower_half_ = 0, upper_half_ = 0, scale_ = 1;
  bool about_ = false, bounded_ = false;
};

}  // namespace

PublishedValue parse_value(std::string_view text) {
  return ValueParser(text).parse();
}

std::string_view name(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return "equal";
    case Comparison::at_least:
      return "at least";
    case Comparison::at_most:
      return "at most";
  }
  return "";
}

}  // namespace assay::results::claims
