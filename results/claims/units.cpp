#include "results/claims/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "kernels/error.h"
#include "results/claims/number.h"
#include "results/page/quantity_text.h"

namespace assay::results::claims {
namespace {

using std::string_view_literals::operator""sv;

struct Symbol {
  std::string_view text;
  double scale;
  Dimension dimension;
  enum class Prefixes { none, large, si, si_and_iec } prefixes;
};

Dimension power_of(Base base, int exponent = 1) {
  Dimension dimension;
  dimension[base] = exponent;
  return dimension;
}

struct Currency {
  Base base;
  std::string_view text;
};
constexpr std::array<Currency, 8> kCurrencies = {{{Base::dollar, "USD"},
                                                  {Base::euro, "EUR"},
                                                  {Base::yuan, "CNY"},
                                                  {Base::yen, "JPY"},
                                                  {Base::pound, "GBP"},
                                                  {Base::won, "KRW"},
                                                  {Base::rupee, "INR"},
                                                  {Base::taiwan_dollar, "TWD"}}};

/// The symbols of the bases, in their order.
constexpr std::array<std::string_view, kBases> kBaseSymbols = {
    "FLOP", "B",   "s",   "J",   "token", "query", "image", "sample", "device",
    "°C",   "USD", "EUR", "CNY", "JPY",   "GBP",   "KRW",   "INR",    "TWD"};

std::span<const Symbol> symbols() {
  using enum Symbol::Prefixes;
  static const std::vector<Symbol> all = [] {
    constexpr double minute = 60, hour = 3600, day = 86400;
    const Dimension operation = power_of(Base::operation), byte = power_of(Base::byte);
    const Dimension second = power_of(Base::second), joule = power_of(Base::joule);
    std::vector<Symbol> out = {
        {"FLOP", 1, operation, si},
        {"OP", 1, operation, si},
        {"FLOPS", 1, operation / second, si},
        {"OPS", 1, operation / second, si},
        {"B", 1, byte, si_and_iec},
        {"byte", 1, byte, none},
        {"bytes", 1, byte, none},
        {"bit", 0.125, byte, si_and_iec},
        {"bps", 0.125, byte / second, si},
        {"Bps", 1, byte / second, si},
        {"s", 1, second, si},
        {"Hz", 1, power_of(Base::second, -1), si},
        {"J", 1, joule, si},
        {"W", 1, joule / second, si},
        {"Wh", hour, joule, si},
        {"°C", 1, power_of(Base::celsius), none},
        {"RMB", 1, power_of(Base::yuan), si},
        {"%", 0.01, {}, none},
    };
    const auto words = [&out](std::initializer_list<std::string_view> names, double scale,
                              const Dimension& dimension, Symbol::Prefixes prefixes = none) {
      for (const std::string_view name : names) out.push_back({name, scale, dimension, prefixes});
    };
    words({"sec", "second", "seconds"}, 1, second);
    words({"min", "minute", "minutes"}, minute, second);
    words({"h", "hr", "hour", "hours"}, hour, second);
    words({"day", "days"}, day, second);
    words({"token", "tokens", "tok"}, 1, power_of(Base::token), large);
    words({"query", "queries"}, 1, power_of(Base::query), large);
    words({"image", "images", "img"}, 1, power_of(Base::image), large);
    words({"sample", "samples"}, 1, power_of(Base::sample), large);
    words({"device", "devices", "GPU", "GPUs", "NPU", "NPUs", "TPU", "TPUs", "chip", "chips"}, 1,
          power_of(Base::device));
    words({"1", "x", "X", "×", "times"}, 1, {});
    for (const Currency& currency : kCurrencies) {
      out.push_back({currency.text, 1, power_of(currency.base), si});
    }
    return out;
  }();
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

bool takes(const Symbol& symbol, const Prefix& prefix) {
  switch (symbol.prefixes) {
    case Symbol::Prefixes::none:
      return false;
    case Symbol::Prefixes::large:
      return !prefix.iec && prefix.scale > 1;
    case Symbol::Prefixes::si:
      return !prefix.iec;
    case Symbol::Prefixes::si_and_iec:
      return true;
  }
  return false;
}

bool is_delimiter(char c) {
  return c == '/' || c == '*' || c == '(' || c == ')' || c == ' ';
}

/// What to write instead of a unit that means several things, or that has another symbol here.
std::string unit_hint(std::string_view text) {
  struct Mend {
    std::string_view end, hint;
  };
  static constexpr std::array<Mend, 20> mends = {{
      {"+", "write `more than` before the number instead of + behind it"},
      {"FLOPs", "FLOPs may be a number or a rate: write FLOP or FLOP/s with the same prefix"},
      {"OPs", "OPs may be a number or a rate: write OP or OP/s with the same prefix"},
      {"exaflops", "write EFLOP/s"},
      {"petaflops", "write PFLOP/s"},
      {"teraflops", "write TFLOP/s"},
      {"Gb", "write Gbit for bits, GB for bytes"},
      {"Tb", "write Tbit for bits, TB for bytes"},
      {"Mb", "write Mbit for bits, MB for bytes"},
      {"gb", "write GB for bytes, Gbit for bits"},
      {"tps", "write token/s"},
      {"TPS", "write token/s"},
      {"qps", "write query/s"},
      {"QPS", "write query/s"},
      {"fps", "write image/s"},
      {"$", "write USD, or the code of the dollar that is meant"},
      {"€", "write EUR"},
      {"£", "write GBP"},
      {"¥", "the sign is that of two currencies: write CNY or JPY"},
      {"K", "a temperature is written in °C; the prefix of a thousand is a small k"},
  }};
  for (const Mend& mend : mends) {
    if (text.ends_with(mend.end)) return std::string(mend.hint);
  }
  return "units are FLOP, OP, B, bit, s, min, h, day, Hz, W, J, Wh, °C, token, query, image, "
         "sample, GPU, USD, EUR, CNY, JPY, GBP, KRW, INR, TWD, x and % with SI prefixes, and KiB, "
         "MiB, GiB, TiB";
}

Unit parse_symbol(std::string_view text, std::string_view whole) {
  for (const Symbol& symbol : symbols()) {
    if (text == symbol.text) return {symbol.scale, symbol.dimension};
  }
  for (const Prefix& prefix : prefixes()) {
    if (!text.starts_with(prefix.text)) continue;
    for (const Symbol& symbol : symbols()) {
      if (takes(symbol, prefix) && text.substr(prefix.text.size()) == symbol.text) {
        return {prefix.scale * symbol.scale, symbol.dimension};
      }
    }
  }
  throw InputError(fmt::format("unknown unit `{}` in `{}`", text, whole), unit_hint(text));
}

bool is_device(const Dimension& dimension) {
  Dimension device;
  device[Base::device] = 1;
  return dimension == device;
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
                     "write for example TFLOP/s, GB/s/W or GPU·h");
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
      if (take("/") || take("per ")) {
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
           !rest_.substr(length).starts_with("·") && !rest_.substr(length).starts_with("-hour")) {
      ++length;
    }
    if (length == 0) fail("a unit is missing");
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    const Unit unit = parse_symbol(name, text_);
    return is_device(unit.dimension) ? with_hours(unit) : unit;
  }

  /// "GPU hours" and "GPU-hours" are a product, as everybody writes it.
  Unit with_hours(const Unit& device) {
    for (const std::string_view word : {" hours", " hour", "-hours", "-hour"}) {
      if (!rest_.starts_with(word)) continue;
      rest_.remove_prefix(word.size());
      const Unit hour = parse_symbol("h", text_);
      return {device.scale * hour.scale, device.dimension * hour.dimension};
    }
    return device;
  }

  std::string_view text_, rest_;
};

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

Quantity parse_quantity(std::string_view text) {
  const Number number = read_number(text);
  if (number.sign == '+') {
    throw InputError(fmt::format("`{}` begins with +", text), "leave out the sign");
  }
  const Unit unit = parse_unit(number.rest);
  Quantity quantity;
  quantity.written = number.value;
  quantity.unit = number.rest;
  quantity.value = number.value * unit.scale;
  quantity.half_digit = number.whole && number.rest.empty() ? 0 : number.half_digit * unit.scale;
  quantity.dimension = unit.dimension;
  return quantity;
}

Dimension in_dollars(const Dimension& dimension) {
  Dimension out = dimension;
  int used = 0;
  for (const Currency& currency : kCurrencies) {
    used += dimension[currency.base] != 0 ? 1 : 0;
    if (currency.base == Base::dollar) continue;
    out[Base::dollar] += dimension[currency.base];
    out[currency.base] = 0;
  }
  return used > 1 ? dimension : out;
}

bool less_is_better(const Dimension& dimension) {
  for (const Base work :
       {Base::operation, Base::byte, Base::token, Base::query, Base::image, Base::sample}) {
    if (dimension[work] > 0) return false;
  }
  return dimension[Base::second] > 0 || dimension[Base::joule] > 0 ||
         dimension[Base::celsius] > 0 || in_dollars(dimension)[Base::dollar] > 0;
}

std::string symbol(const Dimension& dimension) {
  static constexpr std::array<std::string_view, 13> preferred = {
      "FLOP/s", "B/s", "FLOP/s/W", "B/s/W",   "FLOP",      "B", "s",
      "Hz",     "W",   "J",        "token/s", "token/s/W", "1"};
  for (const std::string_view text : preferred) {
    if (parse_unit(text).dimension == dimension) return std::string(text);
  }
  std::string over, under;
  for (std::size_t i = 0; i < kBases; ++i) {
    for (int n = 0; n < dimension.exponents[i]; ++n) {
      over += (over.empty() ? "" : "·") + std::string(kBaseSymbols[i]);
    }
    for (int n = 0; n < -dimension.exponents[i]; ++n) under += "/" + std::string(kBaseSymbols[i]);
  }
  return (over.empty() ? "1" : over) + under;
}

namespace {

/// The unit in which people state a price or a time of devices; empty if it is another dimension.
std::string usual_unit(const Dimension& dimension) {
  const auto is = [&](const std::string& unit) { return parse_unit(unit).dimension == dimension; };
  if (is("GPU·h")) return "GPU·h";
  for (const Currency& currency : kCurrencies) {
    for (const std::string_view of : {"/h", "/GPU/h", "/Mtoken"}) {
      std::string unit = std::string(currency.text) + std::string(of);
      if (is(unit)) return unit;
    }
  }
  return {};
}

/// Whether the symbol takes an SI prefix: not if it begins with something counted or a currency.
bool takes_prefix(std::string_view unit) {
  return std::ranges::any_of(std::array{"FLOP"sv, "B"sv, "s"sv, "Hz"sv, "W"sv, "J"sv},
                             [&](std::string_view start) {
                               return unit == start || unit.starts_with(std::string(start) + "/") ||
                                      unit.starts_with(std::string(start) + "·");
                             });
}

}  // namespace

std::string format_in(double value, std::string_view unit, int digits) {
  const std::string number = page::number_text(value / parse_unit(unit).scale, digits);
  if (unit.empty() || unit == "1") return number;
  if (unit == "x" || unit == "X" || unit == "times" || unit == "×") return number + "×";
  return fmt::format("{}{}{}", number, unit == "%" ? "" : " ", unit);
}

std::string format_quantity(double value, const Dimension& dimension, int digits) {
  if (const std::string usual = usual_unit(dimension); !usual.empty()) {
    return format_in(value, usual, digits);
  }
  const std::string unit = symbol(dimension);
  if (unit == "1") return page::number_text(value, digits);
  if (!takes_prefix(unit) || value == 0) {
    return fmt::format("{} {}", page::number_text(value, digits), unit);
  }
  return page::scaled_text(value, unit, digits);
}

}  // namespace assay::results::claims
