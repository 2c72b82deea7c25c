// The kernels of attention over pairs of BF16, for x86 with AVX512_BF16: twice the multiply-adds.
#include "backends/cpu/native/flash.h"
#include "backends/cpu/native/targets.h"
#include "hwy/detect_targets.h"

#if HWY_ARCH_X86
#include <immintrin.h>

#define ASSAY_FLASH_PAIRS
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/flash_pairs.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
// After foreach_target.h.
#include "backends/cpu/native/flash-inl.h"
#include "backends/cpu/native/flash_pack-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace pairs {

void pack_queries(const std::byte* from, std::int64_t rows, std::int64_t width, float* to,
                  std::int64_t units) {
  for (std::int64_t r = 0; r < rows; ++r, to += units, from += 2 * width) {
    to[units - 1] = 0;
    std::memcpy(to, from, static_cast<std::size_t>(2 * width));
  }
}

void pack_keys(const std::byte* from, std::int64_t keys, std::int64_t d, float* to) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  const std::int64_t panel = kVectors * lanes;
  transpose_panel(PairRows{reinterpret_cast<const std::uint16_t*>(from), d}, keys, panel, to);
}

/// Two rows of values side by side: unit c holds column c of both.
void pack_values(const std::byte* from, std::int64_t from_stride, std::int64_t keys,
                 std::int64_t dv, float* to, std::int64_t stride) {
  const hn::ScalableTag<std::uint32_t> d32;
  const hn::Rebind<std::uint16_t, decltype(d32)> d16;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d32));
  const auto* row = reinterpret_cast<const std::uint16_t*>(from);
  for (std::int64_t j = 0; j < keys; j += 2, row += 2 * from_stride, to += stride) {
    auto* units = reinterpret_cast<std::uint32_t*>(to);
    const bool has_second = j + 1 < keys;
    std::int64_t c = 0;
    for (; has_second && c + lanes <= dv; c += lanes) {
      const auto first = hn::PromoteTo(d32, hn::LoadU(d16, row + c));
      const auto second = hn::PromoteTo(d32, hn::LoadU(d16, row + from_stride + c));
      hn::StoreU(hn::Or(first, hn::ShiftLeft<16>(second)), d32, units + c);
    }
    for (; c < dv; ++c)
      units[c] = row[c] | (has_second ? std::uint32_t{row[from_stride + c]} << 16 : 0);
    std::fill(units + dv, units + stride, 0u);
  }
}

void complete(FlashKernels& kernels) {
  kernels.instruction = "AVX512_BF16: vdpbf16ps, weights rounded to bf16";
  kernels.lanes = static_cast<int>(hn::Lanes(D()));
  kernels.panel = kVectors * kernels.lanes;
  kernels.pair = kPair;
  kernels.pack_queries = pack_queries;
  kernels.pack_keys = pack_keys;
  kernels.pack_values = pack_values;
  kernels.values_as_stored = false;
  kernels.attend = attend;
}

}  // namespace pairs
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();
#endif  // HWY_TARGET == HWY_AVX3
#endif  // HWY_ARCH_X86

#if !HWY_ARCH_X86 || HWY_ONCE
namespace assay::backends::cpu::native {

#if HWY_ARCH_X86
namespace N_AVX3::pairs {
void complete(FlashKernels& kernels);
}
#endif

FlashKernels flash_kernels_bf16_pairs(kernels::DataType type, const Features& features) {
  FlashKernels kernels = flash_kernels(type);
  kernels.attend = nullptr;
#if HWY_ARCH_X86
  const bool usable = features.avx512_bf16 && (hwy::SupportedTargets() & HWY_AVX3) != 0;
  if (type == kernels::DataType::bf16 && usable) N_AVX3::pairs::complete(kernels);
#else
  (void)features;
#endif
  return kernels;
}

}  // namespace assay::backends::cpu::native
#endif
