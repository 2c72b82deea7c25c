#include "harness/terminal/clean_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace assay::harness::terminal {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The codes that Style and the verbs use, and that of the live line.
constexpr std::array<std::string_view, 8> kColours = {
    "\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[35m", "\033[36m"};
constexpr std::string_view kLiveLine = "\r\033[K";

constexpr std::array<std::string_view, 9> kDirection = {
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};

/// Whether a byte needs a closer look: a control character, or the first byte of one.
bool is_special(char c, bool on_terminal) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20) return c != '\n' && c != '\t';
  return on_terminal && (byte == 0x7f || byte == 0xc2 || byte == 0xe2);
}

bool starts_within(std::string_view whole, std::string_view beginning) {
  return beginning.size() < whole.size() && whole.starts_with(beginning);
}

/// How a text goes on: this many bytes to take, and whether they pass; 0 if it is not complete.
struct Step {
  std::size_t bytes = 1;
  bool passes = false;
};

Step control_step(std::string_view text, CleanStream::Place place) {
  if (text.starts_with("\r\n")) return {2, true};
  if (text == "\r") return {0, false};
  if (place == CleanStream::Place::live_terminal) {
    if (text.starts_with(kLiveLine)) return {kLiveLine.size(), true};
    if (starts_within(kLiveLine, text)) return {0, false};
  }
  if (place == CleanStream::Place::file) return {1, false};
  for (const std::string_view colour : kColours) {
    if (text.starts_with(colour)) return {colour.size(), true};
    if (starts_within(colour, text)) return {0, false};
  }
  return {1, false};
}

Step step_at(std::string_view text, CleanStream::Place place) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x20) return control_step(text, place);
  if (first == 0x7f) return {1, false};
  if (first == 0xc2) {
    if (text.size() < 2) return {0, false};
    const auto second = static_cast<unsigned char>(text[1]);
    const bool is_control = second >= 0x80 && second <= 0x9f;
    return {is_control ? std::size_t{2} : std::size_t{1}, !is_control};
  }
  for (const std::string_view mark : kDirection) {
    if (text.starts_with(mark)) return {mark.size(), false};
    if (starts_within(mark, text)) return {0, false};
  }
  return {1, true};
}

}  // namespace

std::string CleanStream::cleaned(std::string_view text, bool is_end) {
  std::string out;
  out.reserve(text.size());
  const bool on_terminal = place_ != Place::file;
  while (!text.empty()) {
    const auto special =
        std::find_if(text.begin(), text.end(), [&](char c) { return is_special(c, on_terminal); });
    const auto plain = static_cast<std::size_t>(special - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    Step step = step_at(text, place_);
    if (step.bytes == 0) {
      if (!is_end) {
        kept_ = text;
        break;
      }
      step = {1, false};
    }
    out += step.passes ? text.substr(0, step.bytes) : kReplacement;
    text.remove_prefix(step.bytes);
  }
  return out;
}

std::string CleanStream::pass(std::string_view text) {
  const std::string before = std::exchange(kept_, {});
  return before.empty() ? cleaned(text, false) : cleaned(before + std::string(text), false);
}

std::string CleanStream::rest() {
  return cleaned(std::exchange(kept_, {}), true);
}

}  // namespace assay::harness::terminal
