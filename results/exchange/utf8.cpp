#include "results/exchange/utf8.h"

#include <algorithm>

namespace assay::results::exchange {

namespace {

unsigned char byte(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

/// Length of the character at the beginning of the text; 0 if there is none (RFC 3629, section 4).
std::size_t length_of(std::string_view text) {
  const unsigned char first = byte(text, 0), second = byte(text, 1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  // Overlong forms, surrogates, and values beyond U+10FFFF.
  const unsigned char least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(text, i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::vector<std::string> utf8_characters(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t length = length_of(text);
    out.emplace_back(length == 0 ? kReplacement : text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  for (const std::string& character : utf8_characters(text)) out += character;
  return out;
}

}  // namespace assay::results::exchange
