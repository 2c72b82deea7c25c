#include "results/exchange/nccl_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <map>

namespace assay::results::exchange {
namespace {

constexpr std::size_t kShortestBegin = 3;  ///< size, count and type

/// Names of columns in older versions.
std::string modern_name(const std::string& name) {
  static const std::map<std::string, std::string> kNames = {
      {"bytes", "size"}, {"N", "count"}, {"op", "redop"}, {"res", "error"}, {"cputime", "time"}};
  const auto found = kNames.find(name);
  return found == kNames.end() ? name : found->second;
}

bool is_name(std::string_view word) {
  return !word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0 &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
         });
}

bool fits(const std::string& column, const std::string& word) {
  if (column == "size") return is_count(word);
  if (column == "count") return is_count(word) || word == "N/A";
  if (column == "type") return is_name(word) && !is_number(word);
  if (column == "redop") return is_name(word);
  if (column == "root") {
    return is_count(word) || (word.starts_with('-') && is_count(std::string_view(word).substr(1)));
  }
  if (column == "time" || column == "algbw" || column == "busbw") {
    return is_number(word);
  }
  if (column == "#wrong" || column == "error") return is_number(word) || word == "N/A";
  return true;
}

/// Whether words[from, from + count) are the values of the columns from `column` on.
bool fit(const NcclColumns& columns, std::size_t column, const Words& words, std::size_t from,
         std::size_t count) {
  if (from + count > words.size() || column + count > columns.names.size()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (!fits(columns.names[column + i], words[from + i])) return false;
  }
  return true;
}

/// Joins the date and the time of day of a last column `timestamp`.
Words with_joined_timestamp(const NcclColumns& columns, const Words& words) {
  const bool last = !columns.names.empty() && columns.names.back() == "timestamp";
  if (!last || words.size() < 2 || words.back().find(':') == std::string::npos) return words;
  const std::string& date = words[words.size() - 2];
  if (std::count(date.begin(), date.end(), '-') != 2 || is_number(date)) return words;
  Words joined(words.begin(), words.end() - 1);
  joined.back() += "T" + words.back();
  return joined;
}

/// Two counts, a type and numbers.
bool is_strict_row(const Words& words) {
  for (std::size_t i = 0; i + 3 < words.size(); ++i) {
    const bool begins = is_count(words[i]) && (is_count(words[i + 1]) || words[i + 1] == "N/A") &&
                        is_name(words[i + 2]) && !is_number(words[i + 2]);
    if (!begins) continue;
    const auto numbers =
        std::count_if(words.begin() + static_cast<std::ptrdiff_t>(i) + 3, words.end(),
                      [](const std::string& w) { return is_number(w); });
    if (numbers >= 2) return true;
  }
  return false;
}

/// The names of types in nccl-tests and rccl-tests.
constexpr std::array<std::string_view, 16> kTypes = {
    "char", "int8",  "uint8",  "int",      "int32",    "uint32",   "int64",  "uint64",
    "half", "float", "double", "bfloat16", "fp8_e4m3", "fp8_e5m2", "f8e4m3", "f8e5m2"};

/// Spaces that a spreadsheet or a locale writes: no-break, narrow no-break and thin.
constexpr std::array<std::string_view, 3> kWideSpaces = {"\xc2\xa0", "\xe2\x80\xaf",
                                                         "\xe2\x80\x89"};

/// Two words with digits, a type of nccl-tests, and more of them: a row whose numbers another
/// program has written in its own way, like 2,097,152 or 2M.
bool is_loose_row(const Words& words) {
  const auto has_digit = [](const std::string& word) {
    return std::any_of(word.begin(), word.end(),
                       [](unsigned char c) { return std::isdigit(c) != 0; });
  };
  for (std::size_t i = 2; i < words.size(); ++i) {
    const bool begins = std::find(kTypes.begin(), kTypes.end(), words[i]) != kTypes.end() &&
                        has_digit(words[i - 2]) &&
                        (has_digit(words[i - 1]) || words[i - 1] == "N/A");
    if (!begins) continue;
    const auto numbers =
        std::count_if(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end(), has_digit);
    if (numbers >= 3) return true;
  }
  return false;
}

/// The rate by size and time of a row, divided by the printed one; nullopt if the row does not tell
/// it.
std::optional<double> size_by_rate(const NcclColumns& columns, const Words& row, std::size_t which,
                                   double unit) {
  const auto number = [&](std::string_view column, std::size_t half) {
    return std::strtod(std::string(columns.value(row, column, half)).c_str(), nullptr);
  };
  const double rate = number("algbw", which) * 1e9, time = number("time", which);
  const double size = number("size", 0);
  // Two decimals are printed: below this the rate says too little.
  if (!(rate >= 0.05e9) || !(time > 0) || !(size > 0)) return std::nullopt;
  return size / (time * unit) / rate;
}

/// All-gather of 2015 printed the size of one rank, its rate that of all: up to 31 times more.
bool fits_rate(double ratio) {
  return ratio > 1 / 31.0 && ratio < 31;
}

}  // namespace

std::string_view NcclColumns::value(const Words& row, std::string_view column,
                                    std::size_t which) const {
  for (std::size_t i = 0; i < std::min(names.size(), row.size()); ++i) {
    if (names[i] == column && which-- == 0) return row[i];
  }
  return {};
}

std::optional<NcclColumns> nccl_columns(const Words& words,
                                        const std::vector<std::string>& placements) {
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const auto first = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return word == "size" || word == "bytes";
  });
  if (!has("algbw") || !has("busbw") || first == words.end()) return std::nullopt;
  NcclColumns columns;
  columns.cpu_time = has("cputime");
  if (*first == "bytes") columns.unit = 1e-3;
  for (auto word = first; word != words.end(); ++word) columns.names.push_back(modern_name(*word));
  const auto halves = static_cast<std::size_t>(
      std::count(columns.names.begin(), columns.names.end(), std::string("time")));
  if (halves == 0) return std::nullopt;
  columns.placements = placements;
  if (placements.size() != halves) {
    columns.placements.assign(halves, "unknown");
    // Every version that prints both halves begins with out-of-place.
    if (halves == 2) columns.placements = {"out-of-place", "in-place"};
  }
  return columns;
}

std::optional<Words> whole_row(const NcclColumns& columns, const Words& given) {
  const Words words = with_joined_timestamp(columns, given);
  const std::size_t count = columns.names.size();
  if (count == 0 || words.size() < count || !fit(columns, 0, words, words.size() - count, count)) {
    return std::nullopt;
  }
  return Words(words.end() - static_cast<std::ptrdiff_t>(count), words.end());
}

std::optional<Words> row_begin(const NcclColumns& columns, const Words& words) {
  for (std::size_t from = 0; from <= columns.words_before; ++from) {
    if (from + kShortestBegin > words.size()) break;
    const std::size_t count = words.size() - from;
    if (count < columns.names.size() && fit(columns, 0, words, from, count)) {
      return Words(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
    }
  }
  return std::nullopt;
}

std::optional<Words> continued_row(const NcclColumns& columns, const Words& begin,
                                   const Words& given) {
  const Words words = with_joined_timestamp(columns, given);
  const std::size_t open = columns.names.size() - begin.size();
  for (std::size_t from = 0; from <= columns.words_before && from < words.size(); ++from) {
    const std::size_t count = words.size() - from;
    if (count > open || !fit(columns, begin.size(), words, from, count)) continue;
    Words row = begin;
    row.insert(row.end(), words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
    return row;
  }
  return std::nullopt;
}

bool looks_like_row(const Words& words) {
  if (is_strict_row(words)) return true;
  std::string blanks, commas;
  for (const std::string& word : words) blanks += word + " ";
  for (const std::string_view space : kWideSpaces) {
    for (auto at = blanks.find(space); at != std::string::npos; at = blanks.find(space, at)) {
      blanks.replace(at, space.size(), " ");
    }
  }
  std::replace_if(
      blanks.begin(), blanks.end(),
      [](char c) { return std::string_view("\"'|;\\{}").find(c) != std::string_view::npos; }, ' ');
  commas = blanks;
  std::replace(commas.begin(), commas.end(), ',', ' ');
  return is_loose_row(words_of(blanks)) || is_loose_row(words_of(commas));
}

std::optional<double> unit_of_row(const NcclColumns& columns, const Words& row) {
  for (const double unit : {1e-6, 1e-3, 1.0}) {
    const auto ratio = size_by_rate(columns, row, 0, unit);
    if (ratio && fits_rate(*ratio)) return unit;
  }
  return std::nullopt;
}

bool contradicts_rate(const NcclColumns& columns, const Words& row, std::size_t which) {
  if (columns.cpu_time) return false;
  const auto ratio = size_by_rate(columns, row, which, columns.unit);
  return ratio && !fits_rate(*ratio);
}

}  // namespace assay::results::exchange
