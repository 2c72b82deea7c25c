#include "results/exchange/moment.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <ctime>

namespace assay::results::exchange {

double unix_seconds(std::string_view iso) {
  const std::string text(iso);
  std::tm parts{};
  int length = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &length) != 6) {
    return std::nan("");
  }
  const bool possible = parts.tm_mon >= 1 && parts.tm_mon <= 12 && parts.tm_mday >= 1 &&
                        parts.tm_mday <= 31 && parts.tm_hour <= 23 && parts.tm_min <= 59 &&
                        parts.tm_sec <= 60;
  if (!possible) return std::nan("");
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  auto seconds = static_cast<double>(timegm(&parts));
  const char* rest = text.c_str() + length;
  if (*rest == '.') {
    double fraction = 0;
    int digits = 0;
    if (std::sscanf(rest, "%lf%n", &fraction, &digits) != 1) return std::nan("");
    seconds += fraction;
    rest += digits;
  }
  char sign = 0;
  int hours = 0, minutes = 0;
  if (std::sscanf(rest, "%c%2d:%2d", &sign, &hours, &minutes) == 3 &&
      (sign == '+' || sign == '-')) {
    return seconds - (sign == '+' ? 60 : -60) * (60 * hours + minutes);
  }
  return std::string_view(rest) == "Z" ? seconds : std::nan("");
}

std::string to_utc(std::string_view iso) {
  return utc_text(unix_seconds(iso));
}

std::string utc_text(double moment) {
  if (!(moment >= 0) || moment > 253402300799.0) return "";  // the last second of the year 9999
  const auto milliseconds = static_cast<long long>(std::llround(moment * 1000));
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     milliseconds % 1000);
}

}  // namespace assay::results::exchange
