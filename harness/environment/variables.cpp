#include "harness/environment/variables.h"

#include <algorithm>
#include <array>

#include "kernels/secrets.h"

namespace assay::harness::environment {
namespace {

bool matches(std::string_view name, std::string_view pattern) {
  if (!pattern.ends_with('*')) return name == pattern;
  pattern.remove_suffix(1);
  // A pattern of only "*" would record every variable.
  return !pattern.empty() && name.starts_with(pattern);
}

/// Variables that differ between processes or stores and do not influence measurements.
bool is_bookkeeping(std::string_view name) {
  static constexpr std::array kPatterns = {"ASSAY_DB", "ASSAY_RANK*", "ASSAY_RENDEZVOUS*",
                                           "ASSAY_SLOT*", "ASSAY_JOB"};
  return std::any_of(kPatterns.begin(), kPatterns.end(),
                     [&](const char* pattern) { return matches(name, pattern); });
}

}  // namespace

std::vector<std::string> general_variables() {
  return {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_BIND_NOW", "LD_BIND_NOT",
          "LD_AUDIT",   "LD_PROFILE",      "LD_DEBUG",    "LD_HWCAP_MASK",
          "MALLOC_*",   "GLIBC_TUNABLES",  "ASSAY_*"};
}

std::map<std::string, std::string> recorded_variables(const char* const* environment,
                                                      const std::vector<std::string>& patterns) {
  std::map<std::string, std::string> out;
  for (const char* const* entry = environment; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = text.substr(0, equals);
    const bool asked_for =
        std::any_of(patterns.begin(), patterns.end(),
                    [&](const std::string& pattern) { return matches(name, pattern); });
    if (!asked_for || is_bookkeeping(name) || may_name_secret(name)) continue;
    out[std::string(name)] = without_secrets(text.substr(equals + 1));
  }
  return out;
}

}  // namespace assay::harness::environment
