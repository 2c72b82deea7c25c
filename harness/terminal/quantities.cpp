#include "harness/terminal/quantities.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "kernels/error.h"

namespace assay::harness::terminal {

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

}  // namespace assay::harness::terminal
