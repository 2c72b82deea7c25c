#include "results/exchange/lenient_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "results/exchange/utf8.h"

namespace assay::results::exchange {
namespace {

/// Whether a backslash at `at` begins an escape of JSON.
bool is_escape(std::string_view text, std::size_t at) {
  const char kind = at + 1 < text.size() ? text[at + 1] : '\0';
  if (kind != 'u')
    return kind != '\0' && std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
  const std::string_view digits = text.substr(std::min(at + 2, text.size()), 4);
  return digits.size() == 4 && std::all_of(digits.begin(), digits.end(),
                                           [](unsigned char c) { return std::isxdigit(c) != 0; });
}

/// Appends the string that begins at `at`, with its quotes. Returns its end.
std::size_t append_string(std::string& out, std::string_view text, std::size_t at) {
  out += text[at++];
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\\') {
      const bool escape = is_escape(text, at);
      out += escape ? text.substr(at, 2) : std::string_view("\\\\");
      at += escape ? 2 : 1;
      continue;
    }
    ++at;
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
      if (c == '"') break;
    }
  }
  return at;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

/// A number, or a word like true; null if it is a number that is not finite.
std::string finite(std::string_view given) {
  std::string_view word = given;
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  static constexpr std::array<std::string_view, 3> kNames = {"nan", "inf", "infinity"};
  if (std::find(kNames.begin(), kNames.end(), lower(word)) != kNames.end()) return "null";
  const bool number = !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  if (number && !std::isfinite(std::strtod(std::string(given).c_str(), nullptr))) return "null";
  return std::string(given);
}

/// MSVC writes "-nan(ind)" and "nan(snan)".
std::size_t end_of_brackets(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '(') return at;
  const std::size_t end = text.find(')', at);
  return end == std::string_view::npos || end > at + 8 ? at : end + 1;
}

std::string_view from_first_brace(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text[first] == '{') return text;
  const std::size_t line = text.find("\n{");
  return line == std::string_view::npos ? text : text.substr(line + 1);
}

}  // namespace

std::string lenient_json(std::string_view given) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (given.starts_with(kByteOrderMark)) given.remove_prefix(kByteOrderMark.size());
  const std::string utf8 = valid_utf8(from_first_brace(given));
  const std::string_view text = utf8;
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      at = append_string(out, text, at);
    } else if (is_word_character(text[at])) {
      std::size_t end = at;
      while (end < text.size() && is_word_character(text[end])) ++end;
      out += finite(text.substr(at, end - at));
      at = end_of_brackets(text, end);
    } else {
      out += text[at++];
    }
  }
  return out;
}

}  // namespace assay::results::exchange
