#include "backends/cpu/variables.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "kernels/secrets.h"

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
    const std::size_t equals = std::min(text.find('='), text.size());
    out += text.substr(0, equals);
    out += may_name_secret(text.substr(0, equals)) ? "=[masked]"
                                                   : without_secrets(text.substr(equals));
  }
  return out;
}

}  // namespace assay::backends::cpu
