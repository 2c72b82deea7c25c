// Rows of attention's output in FP64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/attention/shape.h"
#include "kernels/narrower.h"

namespace assay::kernels {

/// Inputs rounded to a lower type before use.
struct AttentionNarrowing {
  const NarrowInputs* inputs = nullptr;
  double largest_q = 0, largest_k = 0, largest_v = 0;  ///< magnitudes
  bool values = true;                                  ///< V too, not only Q and K
};

/// Where the keys and values of sequences lie in a pool of pages that they share: K
/// [pool, hkv, page, d] and V [pool, hkv, page, dv].
struct AttentionPages {
  std::int64_t page = 1;              ///< tokens
  std::int64_t pool = 1;              ///< pages
  std::vector<std::int64_t> lengths;  ///< keys of each sequence
  std::int64_t table_row = 1;         ///< entries of the table for each sequence
  std::vector<std::int64_t> table;    ///< page number of each page of each sequence
};

/// V is K where values lie in keys.
struct AttentionInputs {
  const std::byte *q, *k, *v;
  const AttentionNarrowing* narrowing = nullptr;  ///< null: as they are
  const std::byte* sinks = nullptr;               ///< f32 [hq]
  const AttentionPages* pages = nullptr;          ///< null: K and V are dense
};

/// The shape of one sequence: with its own number of keys.
AttentionShape of_sequence(const AttentionShape& shape, const AttentionInputs& inputs,
                           std::int64_t sequence);
/// Rows of K, and of V, over all sequences and heads.
std::int64_t key_rows(const AttentionShape& shape, const AttentionInputs& inputs);

/// Keys of one sequence and head that lie one after another: key `first` is row `row` of K and V.
struct KeyRun {
  std::int64_t first = 0, count = 0, row = 0;
};
/// Visits the runs of the keys from `first` to `last` - 1. `group` is sequence * hkv + head.
void for_each_key_run(const AttentionShape& shape, const AttentionInputs& inputs,
                      std::int64_t group, std::int64_t first, std::int64_t last,
                      const std::function<void(const KeyRun&)>& visit);

/// One row of O: what a query gets, and what its error bound is made of.
struct AttentionRow {
  std::int64_t index = 0;         ///< (batch * hq + head) * sq + query
  std::span<const double> value;  ///< dv elements
  std::int64_t visible = 0;       ///< keys it sees
  double concentration = 0;       ///< sum of the squared probabilities: 1 / visible … 1
  double largest_score = 0;       ///< |q| max|k| times the scale, which no score passes
  /// Largest |v| of each column over the keys that it and the rows computed with it see.
  std::span<const double> largest_values;
  /// Mean of v^2 of each column over the same keys, and the sum of these means.
  std::span<const double> mean_squares;
  double sum_of_means = 0;
  double weighted_squares = 0;  ///< sum of p^2 |v|^2 over its keys
  double typical_score = 0;     ///< sqrt(sum of q^2 mean(k^2) over d) times the scale
  double weighted_score = 0;    ///< mean of |score| over its keys, weighted by p, if it is capped
  double sink = 0;              ///< magnitude of its head's sink
};

/// Computes rows, given by ascending index, on all threads of the current oneTBB arena; softmax is
/// shifted by the running maximum (Milakov & Gimelshein 2018). `visit` is called from many threads.
void for_each_attention_row(const AttentionShape& shape, const AttentionInputs& inputs,
                            std::span<const std::int64_t> rows,
                            const std::function<void(const AttentionRow&)>& visit);

}  // namespace assay::kernels
