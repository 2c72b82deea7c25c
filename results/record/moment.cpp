#include "results/record/moment.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <ctime>

namespace assay::results::record {

namespace {

/// Takes numbers and separators off the beginning of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Exactly `digits` digits.
  bool number(int digits, int& value) {
    value = 0;
    if (rest_.size() < static_cast<std::size_t>(digits)) return false;
    for (int i = 0; i < digits; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      value = 10 * value + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(digits));
    return true;
  }
  /// One of these characters, which it returns; else '\0'.
  char any_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  bool ended() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

struct Day {
  int year = 0, month = 0, day = 0;

  std::chrono::year_month_day date() const {
    return std::chrono::year_month_day(std::chrono::year(year),
                                       std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)));
  }
};

/// Reads a day of the calendar with '-' or '/' between its parts, which is returned; '\0' if there
/// is none.
char read_day(Scanner& text, Day& day) {
  if (!text.number(4, day.year)) return '\0';
  const char separator = text.any_of("-/");
  const bool read = separator != '\0' && text.number(2, day.month) &&
                    text.any_of(std::string_view(&separator, 1)) != '\0' && text.number(2, day.day);
  return read && day.date().ok() ? separator : '\0';
}

/// Seconds since midnight; nullopt if there is no time of day.
std::optional<double> read_time(Scanner& text) {
  int hour = 0, minute = 0, second = 0;
  const bool read = text.number(2, hour) && text.any_of(":") != '\0' && text.number(2, minute) &&
                    text.any_of(":") != '\0' && text.number(2, second);
  if (!read || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  double fraction = 0;
  if (text.any_of(".,") != '\0') {
    int digit = 0;
    double weight = 0.1;
    if (!text.number(1, digit)) return std::nullopt;
    do {
      fraction += weight * digit;
      weight /= 10;
    } while (text.number(1, digit));
  }
  return 3600.0 * hour + 60.0 * minute + second + fraction;
}

/// Reads "Z", "+01:00", "+0100" or "+01" to the end. Returns the seconds east of UTC.
std::optional<double> read_zone(Scanner& text) {
  if (text.any_of("Zz") != '\0') return text.ended() ? std::optional<double>(0) : std::nullopt;
  const char sign = text.any_of("+-");
  int hours = 0, minutes = 0;
  if (sign == '\0' || !text.number(2, hours)) return std::nullopt;
  const bool colon = text.any_of(":") != '\0';
  if (!text.number(2, minutes) && colon) return std::nullopt;
  if (!text.ended() || hours > 14 || minutes > 59) return std::nullopt;
  return (sign == '+' ? 60.0 : -60.0) * (60 * hours + minutes);
}

}  // namespace

std::optional<Moment> read_moment(std::string_view given) {
  Scanner text(given);
  Day day;
  const char separator = read_day(text, day);
  if (separator == '\0' || text.any_of(separator == '-' ? "Tt " : "-") == '\0') return std::nullopt;
  const auto time = read_time(text);
  if (!time) return std::nullopt;
  const auto days = std::chrono::sys_days(day.date()).time_since_epoch().count();
  Moment moment = {86400.0 * static_cast<double>(days) + *time, false};
  if (text.ended()) return moment;
  const auto zone = read_zone(text);
  if (!zone) return std::nullopt;
  return Moment{moment.unix_seconds - *zone, true};
}

bool is_day(std::string_view given) {
  Scanner text(given);
  Day day;
  return read_day(text, day) == '-' && text.ended();
}

double unix_seconds(std::string_view iso) {
  const auto moment = read_moment(iso);
  return moment && moment->zone_known ? moment->unix_seconds : std::nan("");
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

}  // namespace assay::results::record
