// Classes of characters, the same in every language setting.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace assay::results::claims {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// With a plain space for each of the spaces of fixed width or without line break that web pages
/// have between a number and its unit.
inline std::string with_plain_spaces(std::string text) {
  constexpr std::array<std::string_view, 5> kSpaces = {"\u00a0", "\u2003", "\u2007", "\u2009",
                                                       "\u202f"};
  for (const std::string_view space : kSpaces) {
    for (std::size_t at = 0; (at = text.find(space, at)) != std::string::npos;) {
      text.replace(at, space.size(), " ");
    }
  }
  return text;
}

inline bool is_blank(const std::string& text) {
  return with_plain_spaces(text).find_first_not_of(" \t\r\n") == std::string::npos;
}

/// The beginning of a long text for an error message.
inline std::string quoted_briefly(std::string_view text) {
  constexpr std::size_t kMost = 80;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

/// Whether a text has characters that are not shown and change how a terminal shows the rest:
/// control characters apart from tab and line break, and marks of writing direction.
inline bool has_hidden_characters(std::string_view text) {
  constexpr std::array<std::string_view, 9> kDirection = {
      "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
  for (const std::string_view mark : kDirection) {
    if (text.find(mark) != std::string_view::npos) return true;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0x7f || (byte < 0x20 && c != '\t' && c != '\n' && c != '\r')) return true;
  }
  return false;
}

}  // namespace assay::results::claims
