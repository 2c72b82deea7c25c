#include "harness/terminal/wrapped.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace assay::harness::terminal {

namespace {

int columns(std::string_view text) {
  int count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace

std::string wrapped(std::string_view text, int indent, int width) {
  std::istringstream words{std::string(text)};
  std::string out, line;
  const std::string lead(static_cast<std::size_t>(indent), ' ');
  for (std::string word; words >> word;) {
    if (!line.empty() && indent + columns(line) + 1 + columns(word) > width) {
      out += lead + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + lead + line + "\n";
}

bool use_colour() {
  return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace assay::harness::terminal
