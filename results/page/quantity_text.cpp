#include "results/page/quantity_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace assay::results::page {

namespace {

constexpr std::array kPrefixes = {"n", "µ", "m", "", "k", "M", "G", "T", "P", "E"};
constexpr std::size_t kNoPrefix = 3;

/// Fractions of operations or bytes are never written with a prefix.
bool has_small_prefixes(std::string_view unit) {
  return unit == "s" || unit.starts_with('J') || unit.starts_with('W');
}

struct Prefixed {
  double value = 0;
  std::string unit;
};

/// With the prefix that keeps `value`, rounded to `digits` significant digits, within [1, 1000).
Prefixed prefixed(double value, std::string_view unit, int digits) {
  const double rounding = 1 - 0.5 * std::pow(10.0, -digits);
  const std::size_t lowest = has_small_prefixes(unit) ? 0 : kNoPrefix;
  std::size_t prefix = kNoPrefix;
  while (value != 0 && std::abs(value) < rounding && prefix > lowest) {
    value *= 1000;
    --prefix;
  }
  while (std::isfinite(value) && std::abs(value) >= 1000 * rounding &&
         prefix + 1 < kPrefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  if (!std::isfinite(value)) prefix = kNoPrefix;
  return {value, fmt::format("{}{}", kPrefixes[prefix], unit)};
}

std::string three_digits_scaled(double value, std::string_view unit) {
  const Prefixed scaled = prefixed(value, unit, 3);
  return fmt::format("{} {}", three_digits(scaled.value), scaled.unit);
}

}  // namespace

std::string number_text(double value, int digits) {
  if (!std::isfinite(value)) return "?";
  if (value == 0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  if (magnitude > 7 || magnitude < -3) return fmt::format("{:.{}g}", value, digits);
  std::string text = fmt::format("{:.{}f}", value, std::max(0, digits - magnitude));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

std::string three_digits(double value) {
  if (!std::isfinite(value)) return "?";
  if (value == 0) return "0";
  const double magnitude = std::abs(value);
  if (magnitude >= 1e6) return fmt::format("{:.2e}", value);
  if (magnitude >= 99.95) return fmt::format("{:.0f}", value);
  if (magnitude >= 9.995) return fmt::format("{:.1f}", value);
  if (magnitude >= 0.9995) return fmt::format("{:.2f}", value);
  return magnitude >= 0.09995 ? fmt::format("{:.3f}", value) : fmt::format("{:.3g}", value);
}

std::string scaled_text(double value, std::string_view unit) {
  if (unit == "s") return duration_text(value);
  return three_digits_scaled(value, unit);
}

std::string scaled_text(double value, std::string_view unit, int digits) {
  const Prefixed scaled = prefixed(value, unit, digits);
  return fmt::format("{} {}", number_text(scaled.value, digits), scaled.unit);
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || std::abs(seconds) < 99.95)
    return three_digits_scaled(seconds, "s");
  const char* sign = seconds < 0 ? "-" : "";
  const double rounded = std::round(std::abs(seconds));
  if (rounded >= 1e15) return fmt::format("{:.2e} s", seconds);
  const auto whole = static_cast<long long>(rounded);
  if (whole < 3600) return fmt::format("{}{} min {:02} s", sign, whole / 60, whole % 60);
  return fmt::format("{}{} h {:02} min", sign, whole / 3600, whole % 3600 / 60);
}

std::string percent_text(double share) {
  const double percent = share * 100;
  const double magnitude = std::abs(percent);
  if (!std::isfinite(percent)) return "?";
  if (magnitude < 0.005 || magnitude >= 1e6) return number_text(percent, 2) + "%";
  const int decimals = magnitude >= 9.95 ? 0 : magnitude >= 0.95 ? 1 : 2;
  return fmt::format("{:.{}f}%", percent, decimals);
}

std::string change_text(double share) {
  return (std::isfinite(share) && share > 0 ? "+" : "") + percent_text(share);
}

std::string half_width_text(double relative) {
  return "±" + percent_text(relative);
}

std::string target_text(double share) {
  return std::isfinite(share) ? number_text(share * 100, 4) + "%" : "?";
}

std::string ratio_text(double ratio) {
  const double magnitude = std::abs(ratio);
  if (!std::isfinite(ratio)) return "?";
  if (magnitude < 0.0995 || magnitude >= 1e6) return number_text(ratio, 3);
  const int decimals = magnitude < 9.9995 ? 3 : magnitude < 99.995 ? 2 : magnitude < 999.95 ? 1 : 0;
  return fmt::format("{:.{}f}", ratio, decimals);
}

std::string bytes_text(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (std::isfinite(bytes) && std::abs(bytes) >= 1023.5 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  const bool whole = unit == 0 && std::isfinite(bytes);
  return fmt::format("{} {}", whole ? fmt::format("{:.0f}", bytes) : three_digits(bytes),
                     kUnits[unit]);
}

}  // namespace assay::results::page
