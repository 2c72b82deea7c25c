// Skinny products through x86's dot-product instructions: twice (bf16) or four times (i8) the
// multiply-adds of widened elements.
#include "backends/cpu/native/skinny.h"
#include "backends/cpu/native/targets.h"
#include "hwy/detect_targets.h"

#if HWY_ARCH_X86
#include <immintrin.h>

#define ASSAY_SKINNY_DOTS
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/skinny_dots.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#if HWY_TARGET == HWY_AVX3
// After foreach_target.h.
#include "backends/cpu/native/skinny-inl.h"

HWY_BEFORE_NAMESPACE();
HWY_PUSH_ATTRIBUTES(
    "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx512vnni,avx2,fma,f16c,bmi,bmi2")
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace dots {

/// Moves 128-bit blocks: block q of vector v of each `Vectors` becomes block Vectors * q + v.
template <int Vectors, class T>
void interleave_blocks(T* sums) {
  T copy[16 * Vectors];
  std::copy_n(sums, 16 * Vectors, copy);
  for (int q = 0; q < 4; ++q) {
    for (int v = 0; v < Vectors; ++v)
      std::copy_n(copy + 16 * v + 4 * q, 4, sums + 4 * (Vectors * q + v));
  }
}

struct PairsOfBf16 {
  using Element = std::uint16_t;
  using Sum = float;
  using Vector = hn::Vec<hn::ScalableTag<float>>;
  static constexpr int kGroup = 2;

  static float unit(const std::uint16_t (&pair)[2]) {
    float bits;
    std::memcpy(&bits, pair, sizeof bits);
    return bits;
  }
  static HWY_INLINE void columns(const std::uint16_t* const* rows, std::int64_t column,
                                 Vector (&b)[kUnits][kVectors]) {
#pragma GCC unroll 8
    for (int u = 0; u < kUnits; ++u) {
#pragma GCC unroll 8
      for (int half = 0; half < 2; ++half) {
        const __m512i even = _mm512_loadu_si512(rows[2 * u] + column + 32 * half);
        const __m512i odd = _mm512_loadu_si512(rows[2 * u + 1] + column + 32 * half);
        b[u][2 * half].raw = _mm512_castsi512_ps(_mm512_unpacklo_epi16(even, odd));
        b[u][2 * half + 1].raw = _mm512_castsi512_ps(_mm512_unpackhi_epi16(even, odd));
      }
    }
  }
  static HWY_INLINE Vector along(const std::uint16_t* row) {
    return Vector{_mm512_castsi512_ps(_mm512_loadu_si512(row))};
  }
  static HWY_INLINE Vector step(Vector a, Vector b, Vector sum) {
    return Vector{_mm512_dpbf16_ps(sum.raw, (__m512bh)a.raw, (__m512bh)b.raw)};
  }
  static float offset(const float*, std::int64_t) {
    return 0;
  }
  static void restore(float* sums) {
    interleave_blocks<2>(sums);
    interleave_blocks<2>(sums + 32);
  }
};

/// The instruction needs one unsigned factor: B + 128, which adds 128 times the sum of A.
struct QuadsOfI8 {
  using Element = std::int8_t;
  using Sum = std::int32_t;
  using Vector = hn::Vec<hn::ScalableTag<std::int32_t>>;
  static constexpr int kGroup = 4;

  static std::int32_t unit(const std::int8_t (&quad)[4]) {
    std::int32_t bits;
    std::memcpy(&bits, quad, sizeof bits);
    return bits;
  }
  static HWY_INLINE __m512i excess(__m512i b) {
    return _mm512_xor_si512(b, _mm512_set1_epi8(-128));
  }
  static HWY_INLINE void columns(const std::int8_t* const* rows, std::int64_t column,
                                 Vector (&b)[kUnits][kVectors]) {
#pragma GCC unroll 8
    for (int u = 0; u < kUnits; ++u) {
      const __m512i r0 = _mm512_loadu_si512(rows[4 * u] + column);
      const __m512i r1 = _mm512_loadu_si512(rows[4 * u + 1] + column);
      const __m512i r2 = _mm512_loadu_si512(rows[4 * u + 2] + column);
      const __m512i r3 = _mm512_loadu_si512(rows[4 * u + 3] + column);
      const __m512i low = excess(_mm512_unpacklo_epi8(r0, r1));
      const __m512i high = excess(_mm512_unpackhi_epi8(r0, r1));
      const __m512i low_rest = excess(_mm512_unpacklo_epi8(r2, r3));
      const __m512i high_rest = excess(_mm512_unpackhi_epi8(r2, r3));
      b[u][0].raw = _mm512_unpacklo_epi16(low, low_rest);
      b[u][1].raw = _mm512_unpackhi_epi16(low, low_rest);
      b[u][2].raw = _mm512_unpacklo_epi16(high, high_rest);
      b[u][3].raw = _mm512_unpackhi_epi16(high, high_rest);
    }
  }
  static HWY_INLINE Vector along(const std::int8_t* row) {
    return Vector{excess(_mm512_loadu_si512(row))};
  }
  static HWY_INLINE Vector step(Vector a, Vector b, Vector sum) {
    return Vector{_mm512_dpbusd_epi32(sum.raw, b.raw, a.raw)};
  }
  static std::int32_t offset(const std::int32_t* a, std::int64_t units) {
    const auto* elements = reinterpret_cast<const std::int8_t*>(a);
    std::int32_t sum = 0;
    for (std::int64_t i = 0; i < 4 * units; ++i) sum += elements[i];
    return -128 * sum;
  }
  static void restore(std::int32_t* sums) {
    interleave_blocks<4>(sums);
  }
};

SkinnyKernels kernels_bf16() {
  return make_kernels<PairsOfBf16>("AVX512_BF16: vdpbf16ps");
}
SkinnyKernels kernels_i8() {
  return make_kernels<QuadsOfI8>("AVX512_VNNI: vpdpbusd, B + 128");
}

}  // namespace dots
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_POP_ATTRIBUTES
HWY_AFTER_NAMESPACE();
#endif  // HWY_TARGET == HWY_AVX3
#endif  // HWY_ARCH_X86

#if !HWY_ARCH_X86 || HWY_ONCE
namespace assay::backends::cpu::native {

#if HWY_ARCH_X86
namespace N_AVX3::dots {
SkinnyKernels kernels_bf16();
SkinnyKernels kernels_i8();
}  // namespace N_AVX3::dots
#endif

SkinnyKernels skinny_kernels_x86(kernels::DataType type, const Features& features) {
  SkinnyKernels chosen{};
#if HWY_ARCH_X86
  using kernels::DataType;
  if ((hwy::SupportedTargets() & HWY_AVX3) == 0) return chosen;
  if (type == DataType::bf16 && features.avx512_bf16) chosen = N_AVX3::dots::kernels_bf16();
  if (type == DataType::i8 && features.avx512_vnni) chosen = N_AVX3::dots::kernels_i8();
  if (chosen.part) chosen.finish = skinny_kernels(type).finish;
#else
  (void)type, (void)features;
#endif
  return chosen;
}

}  // namespace assay::backends::cpu::native
#endif
