#include "harness/terminal/quantities.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "kernels/error.h"
#include "results/page/text.h"

namespace assay::harness::terminal {

using results::page::three_digits;
namespace {

/// Reads the number at the beginning of `text`; `rest` becomes the text after it.
std::optional<double> leading_number(std::string_view text, std::string_view& rest) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  rest = text.substr(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> seconds_of(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "ms") return 1e-3;
  if (unit == "us") return 1e-6;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  return std::nullopt;
}

}  // namespace

double parse_duration(std::string_view text, std::string_view place) {
  std::string_view unit;
  const auto number = leading_number(text, unit);
  const auto scale = seconds_of(unit);
  if (!number || !scale || *number <= 0) {
    throw InputError(fmt::format("{}: `{}` is not a duration", place, text),
                     "write a number above zero and its unit: 500ms, 2s, 1m or 1h");
  }
  return *number * *scale;
}

double parse_share(std::string_view text, std::string_view place) {
  std::string_view unit;
  const auto number = leading_number(text, unit);
  const double share = number.value_or(0) * (unit == "%" ? 0.01 : 1);
  if (!number || !(unit.empty() || unit == "%") || share <= 0 || share >= 1) {
    throw InputError(fmt::format("{}: `{}` is not a share between 0 and 1", place, text),
                     "write 1% or 0.01");
  }
  return share;
}

std::string duration_text(double seconds) {
  if (seconds < 0.9995e-6) return three_digits(seconds * 1e9) + " ns";
  if (seconds < 0.9995e-3) return three_digits(seconds * 1e6) + " µs";
  if (seconds < 0.9995) return three_digits(seconds * 1e3) + " ms";
  if (seconds < 99.95) return three_digits(seconds) + " s";
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string rate_text(double per_second, std::string_view unit) {
  constexpr std::array kPrefixes = {"", "k", "M", "G", "T", "P", "E"};
  std::size_t prefix = 0;
  while (per_second >= 999.5 && prefix + 1 < kPrefixes.size()) {
    per_second /= 1000;
    ++prefix;
  }
  return fmt::format("{} {}{}", three_digits(per_second), kPrefixes[prefix], unit);
}

}  // namespace assay::harness::terminal
