#include "results/store/database/postgresql_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace assay::results::store {

namespace {

/// Length of the UTF-8 character at the beginning of `text`, which is not empty; 0 if there is none
/// (RFC 3629, section 4: no overlong forms, no surrogates, nothing beyond U+10FFFF).
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first == 0 ? 0 : 1;
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xc0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond ? 0 : length;
}

/// Number of non-null ASCII bytes at the beginning, counted eight at a time.
std::size_t plain_beginning(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if (((eight | (eight - kOnes)) & kHighs) != 0) break;
  }
  return at;
}

}  // namespace

std::string numbered(std::string_view sql) {
  std::string out;
  bool quoted = false;
  for (const char c : sql) {
    quoted ^= c == '\'';
    out += c == '?' && !quoted ? '$' : c;
  }
  return out;
}

bool is_storable(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(plain_beginning(text));
    for (std::size_t i = 0; i < 8 && !text.empty(); ++i) {
      const std::size_t length = length_of_character(text);
      if (length == 0) return false;
      text.remove_prefix(length);
    }
  }
  return true;
}

std::string storable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = length_of_character(text);
    out += length == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, length);
    text.remove_prefix(std::max(length, std::size_t{1}));
  }
  return out;
}

}  // namespace assay::results::store
