#include "harness/cli/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "harness/cli/candidates.h"
#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/units.h"
#include "results/record/moment.h"

namespace assay::cli {

namespace {

double read_bytes(const std::string& text, const std::string& place) {
  try {
    const bool bare = !text.empty() && std::isdigit(static_cast<unsigned char>(text.back())) != 0;
    const results::claims::Quantity quantity =
        results::claims::parse_quantity(bare ? text + " B" : text);
    const bool bytes = quantity.dimension == results::claims::parse_unit("B").dimension;
    if (bytes && quantity.value >= 1) return quantity.value;
  } catch (const InputError&) {
  }
  throw InputError(fmt::format("{} {}: is not a number of bytes", place, text),
                   "write 8, \"64 KiB\" or \"1 GB\"");
}

double read_number_above_zero(const std::string& text, const std::string& place) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value) &&
      value > 0) {
    return value;
  }
  throw InputError(fmt::format("{} {}: is not a number above zero", place, text),
                   "write 1, 0.5 or 32");
}

/// Digits alone, as the range allows them.
std::optional<std::uint64_t> digits_of(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Kind<std::string> text(std::string name, Candidates candidates) {
  return {.name = std::move(name),
          .read = [](const std::string& text, const std::string&) { return text; },
          .candidates = std::move(candidates)};
}

Kind<std::string> file() {
  Kind<std::string> out = text("FILE");
  out.files = true;
  return out;
}

Kind<std::string> run_id() {
  return text("RUN", run_ids);
}

Kind<std::string> suite_name() {
  Kind<std::string> out = text("SUITE", suite_names);
  out.files = true;
  return out;
}

Kind<std::string> claim_set() {
  return text("SET", set_ids);
}

Kind<std::string> system_id() {
  return text("SYSTEM", system_ids);
}

Kind<std::string> operation_name() {
  return text("OPERATION", operation_names);
}

Kind<std::string> date() {
  return {.name = "DATE", .read = [](const std::string& text, const std::string& place) {
            if (results::record::is_day(text)) return text;
            // Records name their times in UTC, in a form that sorts like text.
            if (const std::string utc = results::record::to_utc(text); !utc.empty()) return utc;
            const bool local = results::record::read_moment(text).has_value();
            throw InputError(
                fmt::format("{} {}: {}", place, text, local ? "has no time zone" : "is no day"),
                "write year, month and day (2026-11-25, in UTC), or a time with its zone "
                "(2026-11-25T08:00:00+01:00)");
          }};
}

Kind<double> duration() {
  return {.name = "DURATION", .read = [](const std::string& text, const std::string& place) {
            return harness::terminal::parse_duration(text, place);
          }};
}

Kind<double> share() {
  return {.name = "PERCENT", .read = [](const std::string& text, const std::string& place) {
            return harness::terminal::parse_share(text, place);
          }};
}

Kind<double> bytes() {
  return {.name = "BYTES", .read = read_bytes};
}

Kind<double> number_above_zero(std::string name) {
  return {.name = std::move(name), .read = read_number_above_zero};
}

Kind<std::string> choice(std::string name, std::vector<std::string> choices) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string& word : choices) pairs.emplace_back(word, word);
  return choice(std::move(name), std::move(pairs));
}

namespace {

/// One value of an enumeration with a table, by its name.
template <results::record::Tabled Enum>
Kind<Enum> named_value(std::string name) {
  Kind<Enum> out;
  out.name = std::move(name);
  out.choices = results::record::offered_names<Enum>();
  out.candidates = [words = out.choices] { return words; };
  out.read = [](const std::string& text, const std::string& place) {
    return results::record::require_named<Enum>(text, place);
  };
  return out;
}

}  // namespace

Kind<results::record::Mode> mode() {
  return named_value<results::record::Mode>("MODE");
}

Kind<results::record::Division> division() {
  return named_value<results::record::Division>("DIVISION");
}

Kind<results::record::Status> status() {
  return named_value<results::record::Status>("STATUS");
}

std::string alternatives(const std::vector<std::string>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 < words.size() ? ", " : " or ";
    out += words[i];
  }
  return out;
}

std::size_t place_among(const std::vector<std::string>& choices, const std::string& text,
                        const std::string& place) {
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  const std::string all = alternatives(choices);
  throw InputError(
      fmt::format("{} {}: is not {}{}", place, text, choices.size() > 2 ? "one of " : "", all),
      did_you_mean(text, choices, "write " + all));
}

std::uint64_t whole_number(const std::string& text, const std::string& place, std::uint64_t least,
                           std::uint64_t most) {
  const auto value = digits_of(text);
  const bool large = value && *value > most;
  const bool small =
      (value && *value < least) || (text.starts_with("-") && digits_of(text.substr(1)));
  if (value && !large && !small) return *value;
  throw InputError(fmt::format("{} {}: is {}", place, text,
                               large   ? "too large"
                               : small ? "too small"
                                       : "not a whole number"),
                   most < std::numeric_limits<std::uint32_t>::max()
                       ? fmt::format("write a whole number from {} to {}", least, most)
                       : fmt::format("write a whole number from {}", least));
}

}  // namespace assay::cli
