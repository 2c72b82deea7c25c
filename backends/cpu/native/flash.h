// Attention without the score matrix: tiles of keys and values, a running softmax (Dao et al.
// 2022).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/flash_operands.h"
#include "kernels/attention/shape.h"

namespace assay::backends::cpu::native {

/// The softmax so far of some query rows over the keys seen so far.
struct FlashState {
  float* output;  ///< [rows, output_stride], not yet divided by `sum`
  std::int64_t output_stride;
  float* maximum;  ///< [rows], of the unscaled scores
  float* sum;      ///< [rows], of exp(scale * (score - maximum))
};

/// Query rows against one tile of keys. "Units" are 32 bits: one FP32 or a pair of BF16.
struct FlashTile {
  const float* queries;  ///< [rows, query_units]
  std::int64_t rows, query_units;
  const float* keys;    ///< panels of kernels.panel keys, each [query_units, panel]
  const float* values;  ///< [key_count / pair, value_stride], pairs interleaved
  std::int64_t value_stride, value_width;  ///< width rounded up to whole vectors
  std::int64_t key_count;
  const std::int64_t* visible;  ///< [rows], keys of this tile that each row sees; may pass its ends
  float scale_log2e;            ///< scale * log2(e): scores become powers of two
  float* scores;                ///< scratch, kFlashRows * score_stride
  std::int64_t score_stride;    ///< a multiple of the panel, at least key_count
  const std::int64_t* hidden = nullptr;  ///< [rows], keys before those; may pass the tile's ends
  float cap = 0;  ///< above 0, tanh(cap * score) takes the place of each score
};

/// Query rows against keys and values as they are stored.
struct FlashStored {
  const float* queries;  ///< [rows, query_stride] as FP32, padded with zeros to whole vectors
  std::int64_t rows, query_stride, d, dv;
  std::span<const FlashRun> runs;  ///< key_count keys and values, those of a run in order
  std::int64_t key_count;
  const std::int64_t* visible;
  float scale_log2e;
  float* scores;  ///< scratch, rows * score_stride
  std::int64_t score_stride;
  const std::int64_t* hidden = nullptr;
  float cap = 0;
};

/// What multiplies the scores that enter the softmax: with a cap those are tanh(cap * product), and
/// this is the cap of the problem.
inline double score_scale(const kernels::AttentionShape& s) {
  return s.softcap > 0 ? static_cast<double>(s.softcap) : s.scale();
}
/// FlashTile::cap
inline float score_cap(const kernels::AttentionShape& s) {
  return s.softcap > 0 ? static_cast<float>(s.scale() / static_cast<double>(s.softcap)) : 0;
}

inline constexpr int kFlashRows = 6;         ///< rows of a register tile
inline constexpr int kFlashStoredRows = 16;  ///< most rows that attend_stored takes
inline constexpr float kNoScore = -1e38f;    ///< row_max before any score

struct FlashKernels {
  const char* instruction;
  int lanes;  ///< FP32 in a vector
  int panel;  ///< keys in a packed panel
  int pair;   ///< elements in a unit: 1, or 2 where BF16 pairs are multiplied as such
  /// `rows` rows of `width` elements to units, each row zero-filled to `units`.
  void (*pack_queries)(const std::byte* from, std::int64_t rows, std::int64_t width, float* to,
                       std::int64_t units);
  /// At most `panel` keys of width d to one panel, zero-filled.
  void (*pack_keys)(const std::byte* from, std::int64_t keys, std::int64_t d, float* to);
  /// Values, `from_stride` elements from one to the next, to rows of `stride` units (rows of
  /// interleaved pairs), zero-filled.
  void (*pack_values)(const std::byte* from, std::int64_t from_stride, std::int64_t keys,
                      std::int64_t dv, float* to, std::int64_t stride);
  bool values_as_stored;  ///< if dv is a multiple of `lanes`
  void (*attend)(const FlashTile& tile, const FlashState& state);
  /// Null in kernels for packed pairs.
  void (*attend_stored)(const FlashStored& tile, const FlashState& state);
  /// Adds `from` to `into`, both over the same rows.
  void (*merge)(std::int64_t rows, std::int64_t width, float scale_log2e, const FlashState& from,
                const FlashState& into);
  /// output / sum, in the problem's type.
  void (*finish)(const FlashState& state, std::int64_t rows, std::int64_t dv, std::byte* to);
};

/// Highway's best target; f32, bf16 or f16.
FlashKernels flash_kernels(kernels::DataType type);
/// BF16 pairs through vdpbf16ps; `attend` is null where the CPU or the type has none.
FlashKernels flash_kernels_bf16_pairs(kernels::DataType type, const Features& features);

/// For more than a few query rows a key head: keys packed once, tiles of queries in parallel.
std::unique_ptr<Executable> flash_prefill(const kernels::AttentionShape& shape,
                                          const FlashOperands& operands, Machine& machine);
/// For many query rows over one head whose values lie in its keys: packed tile by tile, the
/// sequence split over threads. Buffers: Q, KV, O.
std::unique_ptr<Executable> flash_latent(const kernels::AttentionShape& shape,
                                         std::span<std::byte* const> buffers, Machine& machine);
/// For few: keys and values streamed once as stored, the sequence split over threads.
std::unique_ptr<Executable> flash_decode(const kernels::AttentionShape& shape,
                                         const FlashOperands& operands, Machine& machine);
/// One of these two, by the number of query rows a key head.
std::unique_ptr<Executable> flash(const kernels::AttentionShape& shape,
                                  const FlashOperands& operands, Machine& machine);

}  // namespace assay::backends::cpu::native
