// Random bits that no module can foresee.
#pragma once

#include <cstdint>
#include <random>

namespace assay::harness::measure {

/// 64 bits of the system's entropy. No draw follows from another one.
inline std::uint64_t entropy() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

}  // namespace assay::harness::measure
