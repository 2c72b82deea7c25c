#include <string_view>
#include <utility>

#include "backends/cpu/machine.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace assay::backends::cpu {
namespace {

bool bit(std::uint64_t word, unsigned number) {
  return (word >> number & 1u) != 0;
}

#if defined(__x86_64__)

struct Registers {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
};

/// Zeros where the CPU does not know the leaf.
Registers cpuid(unsigned leaf, unsigned subleaf) {
  Registers r;
  if (__get_cpuid_count(leaf, subleaf, &r.eax, &r.ebx, &r.ecx, &r.edx) == 0) return {};
  return r;
}

/// Register states that the operating system saves (XCR0).
std::uint64_t saved_states() {
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return std::uint64_t{high} << 32 | low;
}

// Bits: Intel SDM volume 2, CPUID; volume 1, 13.3 for XCR0.
Features detect() {
  Features out;
  const Registers one = cpuid(1, 0);
  const bool os_saves = bit(one.ecx, 27);
  if (!os_saves) return out;
  const std::uint64_t states = saved_states();
  const Registers seven = cpuid(7, 0), seven_one = seven.eax >= 1 ? cpuid(7, 1) : Registers{};
  const bool ymm = (states & 0x6) == 0x6;
  const bool zmm = (states & 0xe6) == 0xe6;
  const bool tiles = (states & 0x60000) == 0x60000;
  out.avx2 = ymm && bit(one.ecx, 12) && bit(seven.ebx, 5);
  // F, DQ, CD, BW and VL together: what has been called AVX-512 since Skylake-X.
  const bool core = bit(seven.ebx, 16) && bit(seven.ebx, 17) && bit(seven.ebx, 28) &&
                    bit(seven.ebx, 30) && bit(seven.ebx, 31);
  out.avx512 = zmm && core;
  out.avx512_vnni = out.avx512 && bit(seven.ecx, 11);
  out.avx512_fp16 = out.avx512 && bit(seven.edx, 23);
  out.avx512_bf16 = out.avx512 && bit(seven_one.eax, 5);
  out.amx_bf16 = tiles && bit(seven.edx, 24) && bit(seven.edx, 22);
  out.amx_int8 = tiles && bit(seven.edx, 24) && bit(seven.edx, 25);
  return out;
}

#elif defined(__aarch64__)

// Bits: Linux, arch/arm64/include/uapi/asm/hwcap.h.
Features detect() {
  const std::uint64_t first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
  Features out;
  out.neon = bit(first, 1);
  out.sve = bit(first, 22);
  out.neon_i8mm = out.neon && bit(second, 13);
  out.neon_bf16 = out.neon && bit(second, 14);
  return out;
}

#else

Features detect() {
  return {};
}

#endif

}  // namespace

Features detect_features() {
  return detect();
}

std::string Features::text() const {
  const std::pair<std::string_view, bool> all[] = {{"avx2", avx2},
                                                   {"avx512", avx512},
                                                   {"avx512_bf16", avx512_bf16},
                                                   {"avx512_vnni", avx512_vnni},
                                                   {"avx512_fp16", avx512_fp16},
                                                   {"amx_bf16", amx_bf16},
                                                   {"amx_int8", amx_int8},
                                                   {"neon", neon},
                                                   {"neon_bf16", neon_bf16},
                                                   {"neon_i8mm", neon_i8mm},
                                                   {"sve", sve}};
  std::string out;
  for (const auto& [name, present] : all) {
    if (!present) continue;
    if (!out.empty()) out += ' ';
    out += name;
  }
  return out;
}

}  // namespace assay::backends::cpu
