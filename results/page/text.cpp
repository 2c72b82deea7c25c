#include "results/page/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "results/record/ceilings.h"

namespace assay::results::page {

std::string three_digits(double value) {
  const double magnitude = std::abs(value);
  if (magnitude >= 99.95) return fmt::format("{:.0f}", value);
  if (magnitude >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

std::string scaled_text(double value, std::string_view unit) {
  constexpr std::array kPrefixes = {"n", "µ", "m", "", "k", "M", "G", "T", "P", "E"};
  if (!std::isfinite(value)) return fmt::format("{} {}", value, unit);
  std::size_t prefix = 3;
  double shown = value;
  while (shown != 0 && std::abs(shown) < 0.9995 && prefix > 0) {
    shown *= 1000;
    --prefix;
  }
  while (std::abs(shown) >= 999.5 && prefix + 1 < kPrefixes.size()) {
    shown /= 1000;
    ++prefix;
  }
  return fmt::format("{} {}{}", three_digits(shown), kPrefixes[prefix], unit);
}

std::string share_text(double share) {
  const double percent = share * 100;
  if (!std::isfinite(percent)) return "?";
  return fmt::format("{:.{}f}%", percent, percent >= 9.95 ? 0 : percent >= 0.95 ? 1 : 2);
}

std::string target_text(double share) {
  return fmt::format("{:.4g}%", share * 100);
}

std::string half_width_text(double relative) {
  if (!std::isfinite(relative)) return "±?";
  return fmt::format("±{:.{}f}%", relative * 100, relative < 0.00995 ? 2 : 1);
}

std::string bytes_text(double bytes) {
  constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  while (bytes >= 1023.5 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", unit == 0 ? fmt::format("{:.0f}", bytes) : three_digits(bytes),
                     kUnits[unit]);
}

std::string counted(std::size_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string date_text(const std::string& moment) {
  constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                  "May",       "June",     "July",     "August",
                                  "September", "October",  "November", "December"};
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    if (moment.size() >= at + 2) {
      std::from_chars(moment.data() + at, moment.data() + at + 2, value);
    }
    return value;
  };
  const std::size_t month = number(5), day = number(8);
  if (month < 1 || month > 12 || day < 1) return moment;
  return fmt::format("{} {} {}", day, kMonths[month - 1], moment.substr(0, 4));
}

std::string moment_text(const std::string& moment) {
  if (moment.size() < 19) return moment;
  return fmt::format("{} {} UTC", moment.substr(0, 10), moment.substr(11, 8));
}

std::string short_id(const std::string& id) {
  return id.substr(0, 8);
}

std::string_view rate_unit(kernels::DataType type) {
  return kernels::is_integer(type) ? "OP/s" : "FLOP/s";
}

Result result_of(const record::Record& record) {
  if (ranks(record)) return Result::verified;
  if (record.status == record::Status::unsupported) return Result::unsupported;
  if (record.status == record::Status::ok && is_modelled(record)) return Result::modelled;
  if (is_unverified(record)) return Result::unverified;
  const bool doubtful = record.check.outcome == kernels::Outcome::suspicious;
  return record.status == record::Status::ok && doubtful ? Result::suspicious : Result::failed;
}

std::string_view name(Result result) {
  switch (result) {
    case Result::verified:
      return "verified";
    case Result::suspicious:
      return "suspicious";
    case Result::failed:
      return "failed";
    case Result::unsupported:
      return "unsupported";
    case Result::modelled:
      return "modelled";
    case Result::unverified:
      return "unverified";
  }
  return "";
}

bool missed_target(const record::Record& record) {
  return ranks(record) && !record.target_met;
}

}  // namespace assay::results::page
