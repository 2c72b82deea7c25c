// Quantities with units, as in published figures: "300 PFLOP/s", "49.2 TB", "400 Gbit/s".
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::results::claims {

/// The base units of all figures. An integer operation (OP) counts as a floating-point one; W is
/// J/s, Hz is 1/s, a bit is an eighth of a byte.
enum class Base { operation, byte, second, joule, dollar, token };
inline constexpr int kBases = 6;

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

struct Unit {
  double scale = 1;  ///< in FLOP, B, s, J, USD and token
  Dimension dimension;
};

/// Parses "PFLOP/s", "Gbit/s", "(token/s)/(TFLOP/s)", "µs", "GiB", "USD", "%", "x" or "" for 1.
/// SI prefixes n µ m k M G T P E for most units, IEC prefixes Ki Mi Gi Ti Pi for B and bit;
/// quotients are evaluated from left to right. Throws InputError that names an unknown symbol.
Unit parse_unit(std::string_view text);

struct Quantity {
  double value = 0;    ///< in FLOP, B, s, J, USD and token
  double written = 0;  ///< as written, in `unit`
  /// Half a unit of the last digit written, in base units; 0 for a whole number without a unit,
  /// which is a count.
  double half_digit = 0;
  std::string unit;
  Dimension dimension;
};

/// Parses a number, a space and a unit: "3.2 TB/s", "384", "2.3 x". Throws InputError.
Quantity parse_quantity(std::string_view text);

/// The dimension of a quantity by its name ("peak.bf16" is FLOP/s, "memory.capacity" is B); absent
/// if the name is unknown. quantity_names() lists the known names and prefixes.
std::optional<Dimension> dimension_of(std::string_view quantity);
std::vector<std::string> quantity_names();

/// A value in base units with a suitable SI prefix and `digits` significant digits: "288.8
/// PFLOP/s".
std::string format_quantity(double value, const Dimension& dimension, int digits = 4);
/// The same in a given unit: "0.2888 EFLOP/s", "1.67×".
std::string format_in(double value, std::string_view unit, int digits = 4);

}  // namespace assay::results::claims
