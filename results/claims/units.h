// Quantities with units, as in published figures: "300 PFLOP/s", "49.2 TB", "400 Gbit/s",
// "2 USD/h", "73.7k token/s".
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace assay::results::claims {

/// The base units of all figures. An integer operation (OP) counts as a floating-point one; W is
/// J/s, Hz is 1/s, a bit is an eighth of a byte, temperatures are in °C. Each currency is a base of
/// its own, because exchange rates change. A device (GPU, NPU, TPU, chip) is a base, so that a
/// figure per device cannot stand where the figure of a whole system belongs.
enum class Base {
  operation,
  byte,
  second,
  joule,
  token,
  query,
  image,
  sample,
  device,
  celsius,
  dollar,
  euro,
  yuan,
  yen,
  pound,
  won,
  rupee,
  taiwan_dollar
};
inline constexpr int kBases = 18;

/// A product of powers of the bases; all zero is dimensionless.
struct Dimension {
  std::array<int, kBases> exponents{};

  int& operator[](Base base) { return exponents[static_cast<std::size_t>(base)]; }
  int operator[](Base base) const { return exponents[static_cast<std::size_t>(base)]; }
  friend bool operator==(const Dimension&, const Dimension&) = default;
};
Dimension operator*(const Dimension& a, const Dimension& b);
Dimension operator/(const Dimension& a, const Dimension& b);
/// "FLOP/s", "B", "W", "1"; a product or quotient of base units if there is no usual symbol.
std::string symbol(const Dimension& dimension);

/// The same with USD in place of any other currency; unchanged if there are several currencies.
Dimension in_dollars(const Dimension& dimension);
/// Whether it is a time, an energy, a power, a temperature or a price, also of each unit of work:
/// of these the smaller value is the better one.
bool less_is_better(const Dimension& dimension);

struct Unit {
  double scale = 1;  ///< in the base units
  Dimension dimension;
};

/// Parses "PFLOP/s", "Gbit/s", "(token/s)/(TFLOP/s)", "USD per hour", "kW·h", "µs", "GiB", "%", "x"
/// or "" for 1. SI prefixes n µ m k M G T P E for most units, from k on for what is counted (token,
/// query, image, sample), IEC prefixes Ki Mi Gi Ti Pi for B and bit; quotients are evaluated from
/// left to right. Gbps is Gbit/s, GBps is GB/s, PFLOPS is PFLOP/s, TOPS is TOP/s. Throws InputError
/// that names an unknown symbol.
Unit parse_unit(std::string_view text);

struct Quantity {
  double value = 0;    ///< in the base units
  double written = 0;  ///< as written, in `unit`
  /// Half a unit of the last digit written, in base units; 0 for a whole number without a unit,
  /// which is a count.
  double half_digit = 0;
  std::string unit;
  Dimension dimension;
};

/// Parses a number and a unit: "3.2 TB/s", "384", "2.3 x". Throws InputError. The values of claims
/// and systems say more: parse_value().
Quantity parse_quantity(std::string_view text);

/// A value in base units with a suitable SI prefix and `digits` significant digits: "288.8
/// PFLOP/s"; prices as "2 USD/h" or "0.55 USD/Mtoken".
std::string format_quantity(double value, const Dimension& dimension, int digits = 4);
/// The same in a given unit: "0.2888 EFLOP/s", "1.67×".
std::string format_in(double value, std::string_view unit, int digits = 4);

}  // namespace assay::results::claims
