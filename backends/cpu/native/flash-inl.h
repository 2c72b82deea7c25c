// The inner loops of attention. Included once for each Highway target, and again, with
// ASSAY_FLASH_PAIRS, for AVX-512 with BF16 instructions.
#if defined(ASSAY_NATIVE_FLASH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSAY_NATIVE_FLASH_INL
#undef ASSAY_NATIVE_FLASH_INL
#else
#define ASSAY_NATIVE_FLASH_INL
#endif

#include <algorithm>
#include <cstring>

#include "backends/cpu/native/elements-inl.h"
#include "backends/cpu/native/flash.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
#ifdef ASSAY_FLASH_PAIRS
HWY_PUSH_ATTRIBUTES("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma,f16c,bmi,bmi2")
#define ASSAY_FLASH_VARIANT pairs
#else
#define ASSAY_FLASH_VARIANT singles
#endif
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace ASSAY_FLASH_VARIANT {

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64  // 32 vector registers
constexpr int kVectors = 4;
#else
constexpr int kVectors = 2;
#endif

#ifdef ASSAY_FLASH_PAIRS
constexpr int kPair = 2;
HWY_INLINE V multiply_add(V a, V b, V sum) {
  return V{_mm512_dpbf16_ps(sum.raw, (__m512bh)a.raw, (__m512bh)b.raw)};
}
#else
constexpr int kPair = 1;
HWY_INLINE V multiply_add(V a, V b, V sum) {
  return hn::MulAdd(a, b, sum);
}
#endif

/// sum[r][v] += sum over k of a[r, k] b[k, v]
template <int Rows, int Vectors>
HWY_INLINE void multiply(const float* a, std::int64_t a_stride, const float* b,
                         std::int64_t b_stride, std::int64_t depth, V (&sum)[Rows][Vectors]) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t k = 0; k < depth; ++k, b += b_stride) {
    V row[Vectors];
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) row[v] = hn::LoadU(d, b + v * lanes);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const V factor = hn::Set(d, a[r * a_stride + k]);
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) sum[r][v] = multiply_add(factor, row[v], sum[r][v]);
    }
  }
}

/// One panel of scores: queries [Rows, units] by a packed panel [units, panel].
template <int Rows>
HWY_NOINLINE void score_panel(const FlashTile& tile, const float* queries, const float* panel,
                              float* scores) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sum[Rows][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(d);
  }
  multiply<Rows, kVectors>(queries, tile.query_units, panel, kVectors * lanes, tile.query_units,
                           sum);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      hn::StoreU(sum[r][v], d, scores + r * tile.score_stride + v * lanes);
    }
  }
}

/// output = output * rescale + weights [Rows, depth] by values [depth, Vectors]
template <int Rows, int Vectors>
HWY_NOINLINE void weigh_values(const float* weights, std::int64_t weight_stride,
                               const float* rescale, const float* values, std::int64_t value_stride,
                               std::int64_t depth, float* output, std::int64_t output_stride) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sum[Rows][Vectors];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    const V factor = hn::Set(d, rescale[r]);
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v] = hn::Mul(hn::LoadU(d, output + r * output_stride + v * lanes), factor);
    }
  }
  multiply<Rows, Vectors>(weights, weight_stride, values, value_stride, depth, sum);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      hn::StoreU(sum[r][v], d, output + r * output_stride + v * lanes);
    }
  }
}

/// 2^x for x <= 0, relative error below 2e-7; below 2^-126 some tiny positive number.
HWY_INLINE V exp2_negative(V x) {
  const D d;
  const hn::RebindToSigned<D> di;
  x = hn::Max(x, hn::Set(d, -126.0f));
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  const V magic = hn::Set(d, 12582912.0f);
  const V shifted = hn::Add(x, magic);
  const V f = hn::Sub(x, hn::Sub(shifted, magic));
  // 2^f on [-1/2, 1/2]: the Taylor series of exp(f ln 2), whose remainder is 1.3e-8 relative.
  V p = hn::Set(d, 1.54035303933816e-4f);
  p = hn::MulAdd(p, f, hn::Set(d, 1.33335581464284e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 9.61812910762848e-3f));
  p = hn::MulAdd(p, f, hn::Set(d, 5.55041086648216e-2f));
  p = hn::MulAdd(p, f, hn::Set(d, 2.40226506959101e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 6.93147180559945e-1f));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0f));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
}

/// A rational function of odd degree 13 over 6 (that of Eigen and XLA), relative error below 1e-6.
HWY_INLINE V tanh_of(V x) {
  const D d;
  const V most = hn::Set(d, 7.90531111f);
  x = hn::Max(hn::Min(x, most), hn::Neg(most));
  const V square = hn::Mul(x, x);
  V p = hn::Set(d, -2.76076847742355e-16f);
  for (const float term : {2.00018790482477e-13f, -8.60467152213735e-11f, 5.12229709037114e-08f,
                           1.48572235717979e-05f, 6.37261928875436e-04f, 4.89352455891786e-03f}) {
    p = hn::MulAdd(p, square, hn::Set(d, term));
  }
  V q = hn::Set(d, 1.19825839466702e-06f);
  for (const float term : {1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f}) {
    q = hn::MulAdd(q, square, hn::Set(d, term));
  }
  return hn::Div(hn::Mul(x, p), q);
}

/// tanh(cap * score) in place of the scores, up to a whole number of vector pairs.
HWY_NOINLINE void cap_scores(float* scores, std::int64_t keys, float cap) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t j = 0; j < keys; j += lanes) {
    hn::StoreU(tanh_of(hn::Mul(hn::LoadU(d, scores + j), hn::Set(d, cap))), d, scores + j);
  }
}

HWY_INLINE void store_weights(V low, V high, float* at) {
  const D d;
#ifdef ASSAY_FLASH_PAIRS
  // Sources in the order high, low: the second operand fills the lower half.
  _mm512_storeu_si512(at, (__m512i)_mm512_cvtne2ps_pbh(high.raw, low.raw));
#else
  hn::StoreU(low, d, at);
  hn::StoreU(high, d, at + hn::Lanes(d));
#endif
}

/// Scores of one row to weights, in place (pairs: in the row's first half). Of `keys` scores the
/// row sees those from `hidden` to `visible`; the others get weight zero, up to a whole number of
/// vector pairs. Returns alpha, the factor that rescales the row's earlier sum and output.
HWY_INLINE float soften(float* scores, std::int64_t hidden, std::int64_t visible, std::int64_t keys,
                        float cap, float scale_log2e, float& maximum, float& total) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const std::int64_t step = 2 * lanes;
  visible = hidden < keys ? std::clamp<std::int64_t>(visible, 0, keys) : 0;
  const std::int64_t seen = (visible + step - 1) / step * step;
  const std::int64_t end = (keys + step - 1) / step * step;
  if (cap > 0) cap_scores(scores, visible, cap);
  for (std::int64_t j = visible; j < seen; ++j) scores[j] = kNoScore;
  for (std::int64_t j = 0; j < std::min(hidden, visible); ++j) scores[j] = kNoScore;
  V low = hn::Set(d, maximum), high = low;
  for (std::int64_t j = 0; j < seen; j += step) {
    low = hn::Max(low, hn::LoadU(d, scores + j));
    high = hn::Max(high, hn::LoadU(d, scores + j + lanes));
  }
  const float highest = hn::GetLane(hn::MaxOfLanes(d, hn::Max(low, high)));
  const V scale = hn::Set(d, scale_log2e);
  const V rescale = exp2_negative(hn::Set(d, (maximum - highest) * scale_log2e));
  const V offset = hn::Set(d, -highest * scale_log2e);
  V sum_low = hn::Zero(d), sum_high = sum_low;
  for (std::int64_t j = 0; j < seen; j += step) {
    const V first = exp2_negative(hn::MulAdd(hn::LoadU(d, scores + j), scale, offset));
    const V second = exp2_negative(hn::MulAdd(hn::LoadU(d, scores + j + lanes), scale, offset));
    sum_low = hn::Add(sum_low, first);
    sum_high = hn::Add(sum_high, second);
    store_weights(first, second, scores + j / kPair);
  }
  for (std::int64_t j = seen; j < end; j += step) {
    store_weights(hn::Zero(d), hn::Zero(d), scores + j / kPair);
  }
  const float factor = hn::GetLane(rescale);
  maximum = highest;
  total = total * factor + hn::GetLane(hn::SumOfLanes(d, hn::Add(sum_low, sum_high)));
  return factor;
}

/// At most kVectors vectors of the output's width.
template <int Rows, int Vectors>
HWY_INLINE void weigh_panel(const FlashTile& tile, std::int64_t depth, const float* rescale,
                            std::int64_t column, std::int64_t vectors, float* output,
                            std::int64_t output_stride) {
  if constexpr (Vectors > 1) {
    if (vectors < Vectors) {
      return weigh_panel<Rows, Vectors - 1>(tile, depth, rescale, column, vectors, output,
                                            output_stride);
    }
  }
  weigh_values<Rows, Vectors>(tile.scores, tile.score_stride, rescale, tile.values + column,
                              tile.value_stride, depth, output + column, output_stride);
}

/// Rows [first, first + Rows) of the tile, or the rest if fewer.
template <int Rows>
void attend_rows(const FlashTile& tile, const FlashState& state, std::int64_t first) {
  if constexpr (Rows > 1) {
    if (tile.rows - first < Rows) return attend_rows<Rows - 1>(tile, state, first);
  }
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  const std::int64_t width = kVectors * lanes;
  // Whole panels before the first key that a row sees are left out.
  std::int64_t out = 0;
  if (tile.hidden != nullptr) {
    const std::int64_t least = *std::min_element(tile.hidden + first, tile.hidden + first + Rows);
    out = std::max<std::int64_t>(0, least) / width * width;
  }
  const std::int64_t keys =
      std::min(tile.key_count,
               *std::max_element(tile.visible + first, tile.visible + first + Rows)) -
      out;
  if (keys <= 0) return;
  FlashTile part = tile;
  part.keys += out * tile.query_units;
  part.values += out / kPair * tile.value_stride;
  for (std::int64_t j = 0; j < keys; j += width) {
    score_panel<Rows>(part, tile.queries + first * tile.query_units,
                      part.keys + j * tile.query_units, tile.scores + j);
  }
  float rescale[Rows];
  for (int r = 0; r < Rows; ++r) {
    const std::int64_t hidden = tile.hidden != nullptr ? tile.hidden[first + r] - out : 0;
    rescale[r] =
        soften(tile.scores + r * tile.score_stride, hidden, tile.visible[first + r] - out, keys,
               tile.cap, tile.scale_log2e, state.maximum[first + r], state.sum[first + r]);
  }
  const std::int64_t depth = (keys + kPair - 1) / kPair;
  for (std::int64_t column = 0; column < tile.value_width; column += width) {
    weigh_panel<Rows, kVectors>(part, depth, rescale, column, (tile.value_width - column) / lanes,
                                state.output + first * state.output_stride, state.output_stride);
  }
}

void attend(const FlashTile& tile, const FlashState& state) {
  for (std::int64_t r = 0; r < tile.rows; r += kFlashRows) attend_rows<kFlashRows>(tile, state, r);
}

}  // namespace ASSAY_FLASH_VARIANT
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
#ifdef ASSAY_FLASH_PAIRS
HWY_POP_ATTRIBUTES
#endif
#undef ASSAY_FLASH_VARIANT
HWY_AFTER_NAMESPACE();

#endif  // ASSAY_NATIVE_FLASH_INL
