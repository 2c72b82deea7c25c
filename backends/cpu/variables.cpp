#include "backends/cpu/variables.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace assay::backends::cpu {

std::string variables(std::initializer_list<std::string_view> prefixes) {
  std::vector<std::string_view> found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto begins = [&](std::string_view prefix) { return text.starts_with(prefix); };
    if (std::any_of(prefixes.begin(), prefixes.end(), begins)) found.push_back(text);
  }
  std::sort(found.begin(), found.end());
  std::string out;
  for (const std::string_view text : found) {
    if (!out.empty()) out += ' ';
    out += text;
  }
  return out;
}

}  // namespace assay::backends::cpu
