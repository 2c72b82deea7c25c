#include "results/record/printable.h"

#include <charconv>
#include <cstdint>

namespace assay::results::record {
namespace {

constexpr std::string_view kReplacementSign = "\xef\xbf\xbd";

unsigned char byte_of(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool is_ascii_control(unsigned char c) {
  return c < 0x20 || c == 0x7f;
}

/// U+2400 + c, and U+2421 for DEL.
void append_picture(std::string& out, unsigned char c) {
  out += "\xe2\x90";
  out += static_cast<char>(0x80 + (c == 0x7f ? 0x21 : c));
}

/// Bytes of a character beyond ASCII that must not reach a terminal; 0 if the next one may.
std::size_t harmful_length(std::string_view text, std::size_t at) {
  const unsigned char first = byte_of(text, at), second = byte_of(text, at + 1);
  if (first == 0xc2 && second >= 0x80 && second <= 0x9f) return 2;
  if (first != 0xe2) return 0;
  const unsigned char third = byte_of(text, at + 2);
  const bool turns = (second == 0x80 && third >= 0xaa && third <= 0xae) ||
                     (second == 0x81 && third >= 0xa6 && third <= 0xa9);
  return turns ? 3 : 0;
}

std::string cleaned(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const unsigned char c = byte_of(text, at);
    if (is_ascii_control(c) && kept.find(text[at]) == std::string_view::npos) {
      append_picture(out, c);
    } else if (const std::size_t harmful = harmful_length(text, at); harmful > 0) {
      out += kReplacementSign;
      at += harmful;
      continue;
    } else {
      out += text[at];
    }
    ++at;
  }
  return out;
}

/// The character of an escape "\u1234" at `at`; 0x10000 if there is none.
std::uint32_t escaped_point(std::string_view json, std::size_t at) {
  std::uint32_t point = 0x10000;
  if (at + 6 > json.size() || json[at + 1] != 'u') return point;
  const char* const from = json.data() + at + 2;
  const auto [end, error] = std::from_chars(from, from + 4, point, 16);
  return error == std::errc() && end == from + 4 ? point : 0x10000;
}

bool is_harmful(std::uint32_t point) {
  return (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7f && point <= 0x9f) ||
         (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/// Appends the escape at `at` of a string, or what stands for it. Returns its length.
std::size_t append_escape(std::string& out, std::string_view json, std::size_t at) {
  const char kind = at + 1 < json.size() ? json[at + 1] : '\0';
  if (kind == 'b' || kind == 'f' || kind == 'r') {
    append_picture(out, kind == 'b' ? '\b' : kind == 'f' ? '\f' : '\r');
    return 2;
  }
  if (const std::uint32_t point = escaped_point(json, at); is_harmful(point)) {
    if (point < 0x80) {
      append_picture(out, static_cast<unsigned char>(point));
    } else {
      out += kReplacementSign;
    }
    return 6;
  }
  const std::size_t length = kind == '\0' ? 1 : 2;
  out += json.substr(at, length);
  return length;
}

}  // namespace

std::string printable(std::string_view text) {
  return cleaned(text, "\n\t");
}

std::string printable_line(std::string_view text) {
  return cleaned(text, "");
}

bool is_printable(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const unsigned char c = byte_of(text, at);
    if (is_ascii_control(c) && c != '\n' && c != '\t') return false;
    if (harmful_length(text, at) > 0) return false;
  }
  return true;
}

bool needs_printable_json(std::string_view json) {
  for (std::size_t at = 0; at < json.size(); ++at) {
    const unsigned char c = byte_of(json, at);
    if (c == 0x7f) return true;
    if (c == '\\') {
      const char kind = at + 1 < json.size() ? json[at + 1] : '\0';
      if (kind == 'b' || kind == 'f' || kind == 'r' || is_harmful(escaped_point(json, at))) {
        return true;
      }
      ++at;
    } else if (c >= 0xc2 && harmful_length(json, at) > 0) {
      return true;
    }
  }
  return false;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const unsigned char c = byte_of(json, at);
    if (c == '\\') {
      at += append_escape(out, json, at);
    } else if (c == 0x7f) {
      append_picture(out, c);
      ++at;
    } else if (const std::size_t harmful = harmful_length(json, at); harmful > 0) {
      out += kReplacementSign;
      at += harmful;
    } else {
      out += json[at++];
    }
  }
  return out;
}

}  // namespace assay::results::record
