#include "harness/measure/foreign_text.h"

#include <algorithm>
#include <cstring>

namespace assay::harness::measure {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kCut = "…";

/// The bytes of the well-formed UTF-8 character at the beginning (Unicode 15, table 3-7), and the
/// character; 0 bytes if there is none.
std::size_t character_at(std::string_view text, char32_t& out) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    out = lead;
    return 1;
  }
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  out = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    out = (out << 6) | (byte(i) & 0x3fU);
  }
  const bool overlong = (length == 3 && out < 0x800) || (length == 4 && out < 0x10000);
  return overlong || out > 0x10ffff || (out >= 0xd800 && out <= 0xdfff) ? 0 : length;
}

bool is_hidden(char32_t c) {
  if (c == U'\t' || c == U'\n') return false;
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string cleaned(std::string_view text, std::size_t most_bytes, bool one_line) {
  std::string out;
  while (!text.empty()) {
    char32_t c = 0;
    const std::size_t length = character_at(text, c);
    std::string_view next = text.substr(0, length);
    if (length == 0 || is_hidden(c)) next = kReplacement;
    if (one_line && (c == U'\t' || c == U'\n')) next = " ";
    out += next;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  if (out.size() <= most_bytes) return out;
  std::size_t end = most_bytes - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  return out.substr(0, end).append(kCut);
}

/// Reads no further than what can be kept.
std::string_view beginning_of(const char* text, std::size_t most_bytes) {
  return text == nullptr ? std::string_view()
                         : std::string_view(text, strnlen(text, most_bytes + 1));
}

}  // namespace

std::string foreign_text(std::string_view text, std::size_t most_bytes) {
  return cleaned(text, most_bytes, false);
}

std::string foreign_line(std::string_view text, std::size_t most_bytes) {
  return cleaned(text, most_bytes, true);
}

std::string foreign_text(const char* text) {
  return foreign_text(beginning_of(text, kLongestText));
}

std::string foreign_line(const char* text) {
  return foreign_line(beginning_of(text, kLongestLine));
}

}  // namespace assay::harness::measure
