#include "harness/environment/neutral.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "harness/environment/variables.h"
#include "kernels/secrets.h"

namespace assay::harness::environment {
namespace {

constexpr std::array<std::string_view, 30> kNeutralised = {"OMP_PROC_BIND",
                                                           "OMP_PLACES",
                                                           "OMP_NUM_THREADS",
                                                           "OMP_THREAD_LIMIT",
                                                           "OMP_TEAMS_THREAD_LIMIT",
                                                           "OMP_DYNAMIC",
                                                           "OMP_NESTED",
                                                           "OMP_MAX_ACTIVE_LEVELS",
                                                           "OMP_DISPLAY_ENV",
                                                           "OMP_DISPLAY_AFFINITY",
                                                           "GOMP_CPU_AFFINITY",
                                                           "KMP_AFFINITY",
                                                           "KMP_HW_SUBSET",
                                                           "KMP_PLACE_THREADS",
                                                           "KMP_TOPOLOGY_METHOD",
                                                           "KMP_DYNAMIC_MODE",
                                                           "KMP_DEVICE_THREAD_LIMIT",
                                                           "KMP_ALL_THREADS",
                                                           "OPENBLAS_NUM_THREADS",
                                                           "OPENBLAS_DEFAULT_NUM_THREADS",
                                                           "OPENBLAS_MAIN_FREE",
                                                           "GOTO_NUM_THREADS",
                                                           "GOTOBLAS_MAIN_FREE",
                                                           "BLIS_NUM_THREADS",
                                                           "MKL_NUM_THREADS",
                                                           "MKL_DYNAMIC",
                                                           "MKL_DOMAIN_NUM_THREADS",
                                                           "MKL_NUM_STRIPES",
                                                           "VECLIB_MAXIMUM_THREADS",
                                                           "NUMEXPR_NUM_THREADS"};

/// Kept, but told: the loader and allocator of the C library, and libraries' choice of code.
const std::vector<std::string>& changing() {
  static const std::vector<std::string> patterns = {
      "LD_PRELOAD", "LD_AUDIT",       "LD_PROFILE", "LD_DEBUG", "LD_HWCAP_MASK", "LD_BIND_NOT",
      "MALLOC_*",   "GLIBC_TUNABLES", "OMP_*",      "GOMP_*",   "KMP_*",         "OPENBLAS_*",
      "GOTO_*",     "MKL_*",          "BLIS_*",     "DNNL_*",   "ONEDNN_*",      "TBB_*"};
  return patterns;
}

std::map<std::string, std::string>& taken_out() {
  static std::map<std::string, std::string> variables;
  return variables;
}

std::vector<std::string>& originals() {
  static std::vector<std::string> variables;
  return variables;
}

}  // namespace

bool is_neutralised(std::string_view name) {
  return name.starts_with("HWLOC_") ||
         std::find(kNeutralised.begin(), kNeutralised.end(), name) != kNeutralised.end();
}

void neutralise_variables() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || !is_neutralised(text.substr(0, equals))) continue;
    names.emplace_back(text.substr(0, equals));
    taken_out()[names.back()] = without_secrets(text.substr(equals + 1));
    originals().emplace_back(text);
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

const std::map<std::string, std::string>& neutralised_variables() {
  return taken_out();
}

const std::vector<std::string>& original_variables() {
  return originals();
}

std::vector<std::string> changing_variables() {
  std::vector<std::string> out;
  for (const auto& [name, value] : recorded_variables(environ, changing())) {
    out.push_back(name + "=" + value);
  }
  return out;
}

}  // namespace assay::harness::environment
