// The operands of attention on the CPU: keys and values that are dense, or in pages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/attention/shape.h"

namespace assay::backends::cpu::native {

/// Keys and values that lie one after another.
struct FlashRun {
  const std::byte *keys, *values;
  std::int64_t count;
  /// From here to what should be fetched while this run is read, in bytes.
  std::ptrdiff_t keys_ahead, values_ahead;
};

/// Keys and values of all sequences and heads. Of those in pages the table is read anew whenever it
/// is asked.
struct FlashKeys {
  const std::byte *keys, *values;
  std::int64_t hkv, length;               ///< keys of every sequence, or of the longest one
  std::int64_t key_bytes, value_bytes;    ///< of one row
  const std::int32_t* table = nullptr;    ///< null: dense
  const std::int32_t* lengths = nullptr;  ///< keys of each sequence
  std::int64_t page = 1, table_row = 1;   ///< tokens of a page, entries for each sequence

  bool paged() const { return table != nullptr; }
  std::int64_t keys_of(std::int64_t sequence) const { return paged() ? lengths[sequence] : length; }
  /// The keys from `first` on that lie one after another, before `last`. `group` is
  /// sequence * hkv + head.
  FlashRun run(std::int64_t group, std::int64_t first, std::int64_t last) const {
    std::int64_t row = group * length + first, count = last - first;
    if (paged()) {
      const std::int64_t within = first % page;
      const std::int64_t at = table[group / hkv * table_row + first / page];
      row = (at * hkv + group % hkv) * page + within;
      count = std::min(count, page - within);
    }
    return {keys + row * key_bytes, values + row * value_bytes, count, 0, 0};
  }
};

struct FlashOperands {
  const std::byte* q;
  FlashKeys keys;
  const float* sinks;  ///< [hq], or null
  std::byte* o;

  /// What stands at the start of the softmax of query row `row` of key head `group`, as an unscaled
  /// score that `scale` multiplies.
  float sink(const kernels::AttentionShape& s, std::int64_t group, std::int64_t row,
             double scale) const {
    return static_cast<float>(sinks[group % s.hkv * s.group() + row / s.sq] / scale);
  }
};

}  // namespace assay::backends::cpu::native
