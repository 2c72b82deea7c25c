#include "results/claims/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <span>

#include "kernels/error.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

struct Symbol {
  std::string_view text;
  double scale;
  Dimension dimension;
  enum class Prefixes { none, si, si_and_iec } prefixes;
};

Dimension power_of(Base base, int exponent = 1) {
  Dimension dimension;
  dimension[base] = exponent;
  return dimension;
}

std::span<const Symbol> symbols() {
  using enum Symbol::Prefixes;
  static const std::vector<Symbol> all = {
      {"FLOP", 1, power_of(Base::operation), si},
      {"OP", 1, power_of(Base::operation), si},
      {"B", 1, power_of(Base::byte), si_and_iec},
      {"byte", 1, power_of(Base::byte), none},
      {"bit", 0.125, power_of(Base::byte), si_and_iec},
      {"s", 1, power_of(Base::second), si},
      {"min", 60, power_of(Base::second), none},
      {"h", 3600, power_of(Base::second), none},
      {"Hz", 1, power_of(Base::second, -1), si},
      {"J", 1, power_of(Base::joule), si},
      {"W", 1, power_of(Base::joule) / power_of(Base::second), si},
      {"Wh", 3600, power_of(Base::joule), si},
      {"USD", 1, power_of(Base::dollar), si},
      {"token", 1, power_of(Base::token), none},
      {"tokens", 1, power_of(Base::token), none},
      {"1", 1, {}, none},
      {"%", 0.01, {}, none},
      {"x", 1, {}, none},
      {"×", 1, {}, none},
  };
  return all;
}

struct Prefix {
  std::string_view text;
  double scale;
  bool iec;
};

std::span<const Prefix> prefixes() {
  static const std::vector<Prefix> all = {
      {"Ki", 0x1p10, true}, {"Mi", 0x1p20, true}, {"Gi", 0x1p30, true}, {"Ti", 0x1p40, true},
      {"Pi", 0x1p50, true}, {"n", 1e-9, false},   {"µ", 1e-6, false},   {"μ", 1e-6, false},
      {"u", 1e-6, false},   {"m", 1e-3, false},   {"k", 1e3, false},    {"M", 1e6, false},
      {"G", 1e9, false},    {"T", 1e12, false},   {"P", 1e15, false},   {"E", 1e18, false},
  };
  return all;
}

bool is_delimiter(char c) {
  return c == '/' || c == '*' || c == '(' || c == ')' || c == ' ';
}

Unit parse_symbol(std::string_view text, std::string_view whole) {
  for (const Symbol& symbol : symbols()) {
    if (text == symbol.text) return {symbol.scale, symbol.dimension};
  }
  for (const Prefix& prefix : prefixes()) {
    if (!text.starts_with(prefix.text)) continue;
    for (const Symbol& symbol : symbols()) {
      const bool takes = prefix.iec ? symbol.prefixes == Symbol::Prefixes::si_and_iec
                                    : symbol.prefixes != Symbol::Prefixes::none;
      if (takes && text.substr(prefix.text.size()) == symbol.text) {
        return {prefix.scale * symbol.scale, symbol.dimension};
      }
    }
  }
  const bool rate = text.size() > 1 && (text.ends_with("FLOPS") || text.ends_with("OPS"));
  throw InputError(fmt::format("unknown unit `{}` in `{}`", text, whole),
                   rate ? "write a rate as FLOP/s, with a prefix such as TFLOP/s"
                        : "units are FLOP, OP, B, bit, s, min, h, Hz, W, J, Wh, USD, token, x and "
                          "% with SI prefixes, and KiB, MiB, GiB, TiB");
}

/// Recursive descent over `term (('/'|'*'|'·') term)*`, term `symbol` or `( … )`.
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : text_(text), rest_(text) {}

  Unit parse() {
    const Unit unit = expression();
    if (!rest_.empty()) fail(fmt::format("unexpected `{}`", rest_));
    return unit;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(fmt::format("unit `{}`: {}", text_, what),
                     "write for example TFLOP/s or GB/s/W");
  }

  bool take(std::string_view token) {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  Unit expression() {
    Unit unit = term();
    for (;;) {
      if (take("/")) {
        const Unit divisor = term();
        unit = {unit.scale / divisor.scale, unit.dimension / divisor.dimension};
      } else if (take("*") || take("·")) {
        const Unit factor = term();
        unit = {unit.scale * factor.scale, unit.dimension * factor.dimension};
      } else {
        return unit;
      }
    }
  }

  Unit term() {
    if (take("(")) {
      const Unit unit = expression();
      if (!take(")")) fail("a `)` is missing");
      return unit;
    }
    std::size_t length = 0;
    while (length < rest_.size() && !is_delimiter(rest_[length]) &&
           !rest_.substr(length).starts_with("·")) {
      ++length;
    }
    if (length == 0) fail("a unit is missing");
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return parse_symbol(name, text_);
  }

  std::string_view text_, rest_;
};

const std::map<std::string, Dimension, std::less<>>& quantities() {
  static const std::map<std::string, Dimension, std::less<>> all = [] {
    const Dimension none, byte = power_of(Base::byte);
    const Dimension flop_rate = power_of(Base::operation) / power_of(Base::second);
    const Dimension byte_rate = byte / power_of(Base::second);
    const Dimension second = power_of(Base::second);
    return std::map<std::string, Dimension, std::less<>>{
        {"peak", flop_rate},
        {"achieved.flop", flop_rate},
        {"achieved.byte", byte_rate},
        {"memory.capacity", byte},
        {"memory.bandwidth", byte_rate},
        {"memory.weights", byte},
        {"link.bandwidth", byte_rate},
        {"power", power_of(Base::joule) / second},
        {"clock", power_of(Base::second, -1)},
        {"latency", second},
        {"rate.token", power_of(Base::token) / second},
        {"efficiency.token", power_of(Base::token) / power_of(Base::operation)},
        {"work.token", power_of(Base::operation) / power_of(Base::token)},
        {"price", power_of(Base::dollar)},
        {"chips", none},
        {"dies", none},
        {"nodes", none},
        {"hosts", none},
        {"racks", none},
        {"boards", none},
        {"transceivers", none},
        {"links", none},
        {"link.rate", byte_rate},
        {"cache", byte},
        {"parameters", none},
        {"sequences", none},
        {"switches", none},
        {"units", none},
        {"fma", none},
        {"ratio", none},
        {"utilisation", none},
    };
  }();
  return all;
}

}  // namespace

Dimension operator*(const Dimension& a, const Dimension& b) {
  Dimension product = a;
  for (std::size_t i = 0; i < kBases; ++i) product.exponents[i] += b.exponents[i];
  return product;
}

Dimension operator/(const Dimension& a, const Dimension& b) {
  Dimension quotient = a;
  for (std::size_t i = 0; i < kBases; ++i) quotient.exponents[i] -= b.exponents[i];
  return quotient;
}

Unit parse_unit(std::string_view text) {
  if (text.empty()) return {};
  return UnitParser(text).parse();
}

namespace {

/// Half a unit of the last digit of "3.20", "384" or "1.5e3".
double half_digit(std::string_view digits, bool counts) {
  const std::size_t mantissa = std::min(digits.find_first_of("eE"), digits.size());
  const std::size_t point = digits.find('.');
  if (point == std::string_view::npos && counts) return 0;
  int power = point == std::string_view::npos ? 0 : -static_cast<int>(mantissa - point - 1);
  if (mantissa < digits.size()) {
    std::string_view exponent = digits.substr(mantissa + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    int value = 0;
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), value);
    power += value;
  }
  return 0.5 * std::pow(10.0, power);
}

}  // namespace

Quantity parse_quantity(std::string_view text) {
  Quantity quantity;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), quantity.written);
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc{} || !std::isfinite(quantity.written)) {
    throw InputError(fmt::format("`{}` does not begin with a number", text),
                     "write a number, a space and a unit: 3.2 TB/s");
  }
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  quantity.unit = rest;
  const Unit unit = parse_unit(rest);
  quantity.value = quantity.written * unit.scale;
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  quantity.half_digit = half_digit(digits, rest.empty()) * unit.scale;
  quantity.dimension = unit.dimension;
  return quantity;
}

std::optional<Dimension> dimension_of(std::string_view quantity) {
  for (std::string_view name = quantity;;) {
    if (const auto found = quantities().find(name); found != quantities().end()) {
      return found->second;
    }
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos) return std::nullopt;
    name = name.substr(0, dot);
  }
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  for (const auto& [name, dimension] : quantities()) names.push_back(name);
  return names;
}

std::string symbol(const Dimension& dimension) {
  static const std::vector<std::string_view> preferred = {
      "FLOP/s", "B/s", "FLOP/s/W", "B/s/W", "FLOP",    "B", "s",
      "Hz",     "W",   "J",        "USD",   "token/s", "1"};
  for (const std::string_view text : preferred) {
    if (parse_unit(text).dimension == dimension) return std::string(text);
  }
  static constexpr std::array<std::string_view, kBases> names = {"FLOP", "B",   "s",
                                                                 "J",    "USD", "token"};
  std::string over, under;
  for (std::size_t i = 0; i < kBases; ++i) {
    for (int n = 0; n < dimension.exponents[i]; ++n) {
      over += (over.empty() ? "" : "·") + std::string(names[i]);
    }
    for (int n = 0; n < -dimension.exponents[i]; ++n) under += "/" + std::string(names[i]);
  }
  return (over.empty() ? "1" : over) + under;
}

std::string format_in(double value, std::string_view unit, int digits) {
  const std::string number = page::number_text(value / parse_unit(unit).scale, digits);
  if (unit.empty() || unit == "1") return number;
  return fmt::format("{}{}{}", number, unit == "x" || unit == "%" ? "" : " ",
                     unit == "x" ? "×" : unit);
}

std::string format_quantity(double value, const Dimension& dimension, int digits) {
  const std::string unit = symbol(dimension);
  if (unit == "1") return page::number_text(value, digits);
  const bool plain = unit.starts_with("token") || unit.starts_with("USD") || unit.starts_with("1/");
  if (plain || value == 0) return fmt::format("{} {}", page::number_text(value, digits), unit);
  return page::scaled_text(value, unit, digits);
}

}  // namespace assay::results::claims
