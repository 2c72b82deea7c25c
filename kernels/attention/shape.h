// The dimensions and types of scaled dot-product attention, O = softmax(Q K^T / sqrt(d) + mask) V.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// Q [b, hq, sq, d], K [b, hkv, skv, d], V [b, hkv, skv, dv], O [b, hq, sq, dv], dense and
/// row-major. Query head h reads key and value head h / (hq / hkv). With `values_in_keys` there is
/// no V of its own: a key's first dv elements are its value.
struct AttentionShape {
  std::int64_t b = 1, hq = 1, hkv = 1, sq = 1, skv = 1, d = 1, dv = 1;
  DataType type = DataType::f32;
  bool causal = false;
  bool values_in_keys = false;
  std::optional<std::int64_t> scale_width =
      {};                    ///< scores are divided by sqrt of this; absent: of d
  std::int64_t window = 0;   ///< keys that a query sees at most, its last ones; 0: all
  std::int64_t softcap = 0;  ///< scores s become softcap tanh(s / softcap); 0: they stay
  bool sinks = false;        ///< one logit per query head more in the softmax, without a value
  /// Tokens of a page, where keys and values lie in pages; 0: they are dense. Sequences in pages
  /// may be shorter than skv.
  std::int64_t page = 0;

  std::int64_t group() const { return hq / hkv; }
  /// Keys that query `i` sees end before this one: skv, or i + skv - sq + 1 (aligned bottom-right).
  std::int64_t visible(std::int64_t i) const { return causal ? i + skv - sq + 1 : skv; }
  /// The first key that query `i` sees.
  std::int64_t first_visible(std::int64_t i) const {
    return window > 0 ? std::max<std::int64_t>(0, visible(i) - window) : 0;
  }
  /// Entries of the table of pages for each sequence.
  std::int64_t table_row() const { return (skv + page - 1) / page; }
  /// Elements from one value to the next.
  std::int64_t value_stride() const { return values_in_keys ? d : dv; }
  /// 1 / sqrt(d), or of scale_width
  double scale() const;
  /// The score that enters the softmax, from the scaled product.
  double capped(double score) const;
  /// Whether nothing is set beyond what every implementation of attention computes: sizes, type,
  /// causal mask, values in keys and the scale. What a member added here says is not among these.
  bool is_plain() const;
  bool operator==(const AttentionShape&) const = default;
};

AttentionShape attention_shape(const Problem& problem);

/// Where element `i` stands in a vector; never negative.
inline std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

}  // namespace assay::kernels
