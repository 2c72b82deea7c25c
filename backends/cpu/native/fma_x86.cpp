#include <cstring>

#include "backends/cpu/native/fma.h"
#include "hwy/targets.h"

#if HWY_ARCH_X86
#include <immintrin.h>

namespace assay::backends::cpu::native {
namespace {

constexpr int kRows = 5;
constexpr int kVectors = 4;
constexpr std::int64_t kColumns = 64;

}  // namespace

HWY_PUSH_ATTRIBUTES("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx512vnni")
namespace avx512 {

// Each multiplies groups that fill 32 bits and adds them to one 32-bit sum.
struct DotBf16 {
  using Sum = __m512;
  static Sum start(const void*) { return _mm512_setzero_ps(); }
  static __m512i factor(const void* a) { return _mm512_loadu_si512(a); }
  static Sum step(Sum sum, __m512i a, __m512i b) {
    return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
  }
  static void store(void* c, Sum sum) { _mm512_storeu_ps(c, sum); }
};

struct DotI8 {
  using Sum = __m512i;
  // The instruction needs an unsigned first factor: a + 128, which adds 128 b to each product; the
  // sums begin that much lower. Wrapping arithmetic makes the end exact.
  static Sum start(const void* excess) {
    return _mm512_set1_epi32(*static_cast<const int*>(excess));
  }
  static __m512i factor(const void* a) {
    return _mm512_xor_si512(_mm512_loadu_si512(a), _mm512_set1_epi8(-128));
  }
  static Sum step(Sum sum, __m512i a, __m512i b) { return _mm512_dpbusd_epi32(sum, a, b); }
  static void store(void* c, Sum sum) { _mm512_storeu_si512(c, sum); }
};

template <class Dot, int Rows>
static inline __attribute__((always_inline)) void accumulate(const std::byte* a, const std::byte* b,
                                                             const int* start, std::byte* c,
                                                             std::int64_t steps) {
  __m512i factor[kVectors], row[Rows];
  typename Dot::Sum sum[Rows][kVectors];
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) factor[v] = Dot::factor(a + 64 * v);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    int group;
    std::memcpy(&group, b + 4 * r, sizeof group);
    row[r] = _mm512_set1_epi32(group);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[r][v] = Dot::start(start + r);
  }
  for (std::int64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) asm volatile("" : "+v"(row[r]));
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[r][v] = Dot::step(sum[r][v], factor[v], row[r]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) Dot::store(c + (r * kColumns + 16 * v) * 4, sum[r][v]);
  }
}

template <class Dot, int Rows>
void some_rows(const std::byte* a, const std::byte* b, const int* start, std::byte* c,
               std::int64_t rows, std::int64_t steps) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return some_rows<Dot, Rows - 1>(a, b, start, c, rows, steps);
  }
  accumulate<Dot, Rows>(a, b, start, c, steps);
}

template <class Dot>
void run(const void* a, const void* b, void* c, std::int64_t rows, std::int64_t steps) {
  for (std::int64_t r = 0; r < rows; r += kRows) {
    const auto* factors = static_cast<const std::int8_t*>(b) + 4 * r;
    int start[kRows] = {};
    for (std::int64_t i = 0; i < std::min<std::int64_t>(kRows, rows - r); ++i) {
      const int sum = factors[4 * i] + factors[4 * i + 1] + factors[4 * i + 2] + factors[4 * i + 3];
      start[i] = static_cast<int>(-128u * static_cast<std::uint32_t>(steps) *
                                  static_cast<std::uint32_t>(sum));
    }
    some_rows<Dot, kRows>(static_cast<const std::byte*>(a),
                          reinterpret_cast<const std::byte*>(factors), start,
                          static_cast<std::byte*>(c) + r * kColumns * 4, rows - r, steps);
  }
}

}  // namespace avx512
HWY_POP_ATTRIBUTES

HWY_PUSH_ATTRIBUTES("avx2")
namespace avx2 {

/// Two 16-bit products a lane (vpmaddwd): the i8 groups are split into halves a step.
void run_i8(const void* a, const void* b, void* c, std::int64_t rows, std::int64_t steps) {
  const auto* factors = static_cast<const std::int8_t*>(a);
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto* group = static_cast<const std::int8_t*>(b) + 4 * r;
    auto* sums = static_cast<std::int32_t*>(c) + r * kColumns;
    const auto pair = [&](int i) {
      return static_cast<int>(static_cast<std::uint16_t>(group[i]) |
                              static_cast<std::uint32_t>(static_cast<std::uint16_t>(group[i + 1]))
                                  << 16);
    };
    __m256i low = _mm256_set1_epi32(pair(0)), high = _mm256_set1_epi32(pair(2));
    for (std::int64_t column = 0; column < kColumns; column += 32) {
      __m256i first[4], second[4], sum[4], other[4];
      for (int v = 0; v < 4; ++v) {
        const __m256i bytes =
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(factors + (column + 8 * v) * 4));
        // Each 32-bit lane holds one column's group; sign-extend its bytes 0, 1 and then 2, 3.
        const __m256i even = _mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8);
        const __m256i odd = _mm256_srai_epi16(bytes, 8);
        first[v] = _mm256_blend_epi16(even, _mm256_slli_epi32(odd, 16), 0xAA);
        second[v] = _mm256_blend_epi16(_mm256_srli_epi32(even, 16), odd, 0xAA);
        sum[v] = other[v] = _mm256_setzero_si256();
      }
      for (std::int64_t step = 0; step < steps; ++step) {
        asm volatile("" : "+x"(low), "+x"(high));
        for (int v = 0; v < 4; ++v) {
          sum[v] = _mm256_add_epi32(sum[v], _mm256_madd_epi16(first[v], low));
          other[v] = _mm256_add_epi32(other[v], _mm256_madd_epi16(second[v], high));
        }
      }
      for (int v = 0; v < 4; ++v) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + column + 8 * v),
                            _mm256_add_epi32(sum[v], other[v]));
      }
    }
  }
}

}  // namespace avx2
HWY_POP_ATTRIBUTES

FmaKernel fma_x86(kernels::DataType type, const Features& features) {
  using kernels::DataType;
  const bool avx512 = (hwy::SupportedTargets() & HWY_AVX3) != 0;
  if (type == DataType::bf16 && avx512 && features.avx512_bf16) {
    return {avx512::run<avx512::DotBf16>, kRows, "AVX512_BF16: vdpbf16ps, 32 x bf16 to f32"};
  }
  if (type == DataType::i8 && avx512 && features.avx512_vnni) {
    return {avx512::run<avx512::DotI8>, kRows,
            "AVX512_VNNI: vpdpbusd, 64 x (u8 = i8 + 128) by i8 to i32"};
  }
  if (type == DataType::i8 && features.avx2) {
    return {avx2::run_i8, 1, "AVX2: vpmaddwd, 16 x (i16 = i8) to i32"};
  }
  return {};
}

}  // namespace assay::backends::cpu::native

#else

namespace assay::backends::cpu::native {

FmaKernel fma_x86(kernels::DataType, const Features&) {
  return {};
}

}  // namespace assay::backends::cpu::native

#endif  // HWY_ARCH_X86
