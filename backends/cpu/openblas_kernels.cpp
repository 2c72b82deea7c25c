#include "backends/cpu/openblas_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace assay::backends::cpu {

namespace {

/// x86-64 targets of OpenBLAS without AVX2 (TargetList.txt of OpenBLAS 0.3.21).
constexpr std::array<std::string_view, 17> kWithoutAvx2 = {
    "prescott", "core2",   "penryn",       "dunnington", "nehalem",  "sandybridge",
    "atom",     "athlon",  "opteron",      "barcelona",  "bobcat",   "bulldozer",
    "nano",     "generic", "opteron_sse3", "piledriver", "northwood"};

}  // namespace

std::string older_kernels(std::string_view core, bool has_avx2) {
  std::string name(core);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  if (!has_avx2 || std::ranges::find(kWithoutAvx2, name) == kWithoutAvx2.end()) return "";
  return fmt::format(
      "for {}, a processor without AVX2, since this OpenBLAS does not know the one here; "
      "OPENBLAS_CORETYPE=Haswell or SkylakeX chooses others",
      core);
}

}  // namespace assay::backends::cpu
