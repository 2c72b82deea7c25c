// Attention of few queries over keys and values as they are stored: each is read once, in order.
#if defined(ASSAY_NATIVE_FLASH_STORED_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSAY_NATIVE_FLASH_STORED_INL
#undef ASSAY_NATIVE_FLASH_STORED_INL
#else
#define ASSAY_NATIVE_FLASH_STORED_INL
#endif

#include "backends/cpu/native/flash-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace singles {

constexpr int kKeys = 4;  ///< keys whose scores are summed side by side

/// The sums of the lanes of four vectors.
HWY_INLINE void sums_of_lanes(const V (&v)[kKeys], float* to) {
#if HWY_TARGET == HWY_SCALAR
  for (int i = 0; i < kKeys; ++i) to[i] = hn::GetLane(v[i]);
#else
  // Within each 128-bit block, lane i of the result sums the block of v[i].
  const D d;
  const hn::RepartitionToWide<decltype(hn::RebindToUnsigned<D>())> d64;
  const V ab = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const V ce = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
  const auto low = hn::InterleaveLower(d64, hn::BitCast(d64, ab), hn::BitCast(d64, ce));
  const auto high = hn::InterleaveUpper(d64, hn::BitCast(d64, ab), hn::BitCast(d64, ce));
  const V blocks = hn::Add(hn::BitCast(d, low), hn::BitCast(d, high));
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(blocks, d, lanes);
  const hn::FixedTag<float, 4> d4;
  auto sum = hn::Load(d4, lanes);
  for (std::size_t i = 4; i < hn::Lanes(d); i += 4) sum = hn::Add(sum, hn::Load(d4, lanes + i));
  hn::StoreU(sum, d4, to);
#endif
}

/// Scores of Rows queries with kKeys keys from `key`.
template <int Rows, class T>
HWY_INLINE void score_keys(const FlashStored& tile, const float* queries, const T* key,
                           float* scores) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sum[Rows][kKeys];
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int j = 0; j < kKeys; ++j) sum[r][j] = hn::Zero(d);
  }
  const auto add = [&](const V(&component)[kKeys], std::int64_t i) HWY_ATTR {
#pragma GCC unroll 4
    for (int r = 0; r < Rows; ++r) {
      const V factor = hn::LoadU(d, queries + r * tile.query_stride + i);
#pragma GCC unroll 4
      for (int j = 0; j < kKeys; ++j) sum[r][j] = hn::MulAdd(factor, component[j], sum[r][j]);
    }
  };
  std::int64_t i = 0;
  V component[kKeys];
  for (; i + lanes <= tile.d; i += lanes) {
#pragma GCC unroll 4
    for (int j = 0; j < kKeys; ++j) component[j] = load_f32(d, key + j * tile.d + i);
    add(component, i);
  }
  if (i < tile.d) {
    for (int j = 0; j < kKeys; ++j) {
      component[j] = load_f32_tail(d, key + j * tile.d + i, static_cast<std::size_t>(tile.d - i));
    }
    add(component, i);
  }
#pragma GCC unroll 4
  for (int r = 0; r < Rows; ++r) sums_of_lanes(sum[r], scores + r * tile.score_stride);
}

/// Rows [first, first + Rows), or the rest if fewer, with kKeys keys.
template <int Rows, class T>
HWY_INLINE void score_rows(const FlashStored& tile, std::int64_t first, const T* key,
                           float* scores) {
  if constexpr (Rows > 1) {
    if (tile.rows - first < Rows) return score_rows<Rows - 1>(tile, first, key, scores);
  }
  score_keys<Rows>(tile, tile.queries + first * tile.query_stride, key,
                   scores + first * tile.score_stride);
}

/// Fetches what lies `ahead` bytes further on: hardware stops at the end of each page.
template <class T>
HWY_INLINE void prefetch(const T* at, std::int64_t elements, std::ptrdiff_t ahead) {
  const char* from = reinterpret_cast<const char*>(at) + ahead;
  for (std::int64_t i = 0; i < elements * static_cast<std::int64_t>(sizeof(T)); i += 64) {
    __builtin_prefetch(from + i, 0, 2);
  }
}

/// One key, for the few that are left over.
template <class T>
HWY_NOINLINE void score_key(const FlashStored& tile, const T* key, float* scores) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    V sum = hn::Zero(d);
    for (std::int64_t i = 0; i < tile.d; i += lanes) {
      const auto rest = std::min(lanes, tile.d - i);
      const V component = rest == lanes ? load_f32(d, key + i)
                                        : load_f32_tail(d, key + i, static_cast<std::size_t>(rest));
      sum = hn::MulAdd(hn::LoadU(d, tile.queries + r * tile.query_stride + i), component, sum);
    }
    scores[r * tile.score_stride] = hn::GetLane(hn::SumOfLanes(d, sum));
  }
}

template <class T>
HWY_NOINLINE void score_run(const FlashStored& tile, const FlashRun& run, float* scores) {
  const T* keys = reinterpret_cast<const T*>(run.keys);
  std::int64_t j = 0;
  for (; j + kKeys <= run.count; j += kKeys) {
    const T* key = keys + j * tile.d;
    prefetch(key, kKeys * tile.d, run.keys_ahead);
    for (std::int64_t r = 0; r < tile.rows; r += 4) score_rows<4>(tile, r, key, scores + j);
  }
  for (; j < run.count; ++j) score_key(tile, keys + j * tile.d, scores + j);
}

/// output = output * rescale + weights by values, over Vectors vectors of columns from `column` on;
/// with Tail over `rest` < lanes columns.
template <int Rows, int Vectors, bool Tail, class T>
HWY_NOINLINE void weigh_stored(const FlashStored& tile, const float* weights, const float* rescale,
                               std::int64_t column, std::int64_t rest, float* output,
                               std::int64_t output_stride) {
  const D d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sum[Rows][Vectors];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      sum[r][v] =
          hn::Mul(hn::LoadU(d, output + r * output_stride + v * lanes), hn::Set(d, rescale[r]));
    }
  }
  for (const FlashRun& run : tile.runs) {
    const T* values = reinterpret_cast<const T*>(run.values) + column;
    for (std::int64_t j = 0; j < run.count; ++j, values += tile.dv, ++weights) {
      if (!Tail) prefetch(values, Vectors * lanes, run.values_ahead);
      V weight[Rows];
#pragma GCC unroll 8
      for (int r = 0; r < Rows; ++r) weight[r] = hn::Set(d, weights[r * tile.score_stride]);
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) {
        const V value = Tail ? load_f32_tail(d, values, static_cast<std::size_t>(rest))
                             : load_f32(d, values + v * lanes);
#pragma GCC unroll 8
        for (int r = 0; r < Rows; ++r) sum[r][v] = hn::MulAdd(weight[r], value, sum[r][v]);
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < Vectors; ++v) {
      hn::StoreU(sum[r][v], d, output + r * output_stride + v * lanes);
    }
  }
}

/// Columns in steps of Vectors vectors for rows [first, first + Rows), or the rest if fewer. The
/// widest step that fits reads values in the order they lie.
template <int Rows, int Vectors, class T>
void weigh_rows(const FlashStored& tile, std::int64_t first, const float* rescale,
                const FlashState& state) {
  if constexpr (Rows > 1) {
    if (tile.rows - first < Rows) {
      return weigh_rows<Rows - 1, Vectors, T>(tile, first, rescale, state);
    }
  }
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  const float* weights = tile.scores + first * tile.score_stride;
  float* output = state.output + first * state.output_stride;
  std::int64_t i = 0;
  for (; i + Vectors * lanes <= tile.dv; i += Vectors * lanes) {
    weigh_stored<Rows, Vectors, false, T>(tile, weights, rescale + first, i, 0, output + i,
                                          state.output_stride);
  }
  for (; i + lanes <= tile.dv; i += lanes) {
    weigh_stored<Rows, 1, false, T>(tile, weights, rescale + first, i, 0, output + i,
                                    state.output_stride);
  }
  if (i < tile.dv) {
    weigh_stored<Rows, 1, true, T>(tile, weights, rescale + first, i, tile.dv - i, output + i,
                                   state.output_stride);
  }
}

/// At most kFlashStoredRows rows.
template <class T>
void attend_stored(const FlashStored& tile, const FlashState& state) {
  float* scores = tile.scores;
  for (const FlashRun& run : tile.runs) {
    score_run<T>(tile, run, scores);
    scores += run.count;
  }
  float rescale[kFlashStoredRows];
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    rescale[r] = soften(tile.scores + r * tile.score_stride,
                        tile.hidden != nullptr ? tile.hidden[r] : 0, tile.visible[r],
                        tile.key_count, tile.cap, tile.scale_log2e, state.maximum[r], state.sum[r]);
  }
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(D()));
  const bool wide = tile.dv >= 2 * kVectors * lanes;
  constexpr int kWideRows = kFlashRows / 2;
  for (std::int64_t r = 0; r < tile.rows; r += wide ? kWideRows : kFlashRows) {
    if (wide) {
      weigh_rows<kWideRows, 2 * kVectors, T>(tile, r, rescale, state);
    } else {
      weigh_rows<kFlashRows, kVectors, T>(tile, r, rescale, state);
    }
  }
}

}  // namespace singles
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#endif  // ASSAY_NATIVE_FLASH_STORED_INL
