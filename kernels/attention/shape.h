// The dimensions and types of scaled dot-product attention, O = softmax(Q K^T / sqrt(d) + mask) V.
#pragma once

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
      {};  ///< scores are divided by sqrt of this; absent: of d

  std::int64_t group() const { return hq / hkv; }
  /// Keys that query `i` sees: all, or 0 … i + skv - sq (aligned bottom-right).
  std::int64_t visible(std::int64_t i) const { return causal ? i + skv - sq + 1 : skv; }
  /// Elements from one value to the next.
  std::int64_t value_stride() const { return values_in_keys ? d : dv; }
  /// 1 / sqrt(d), or of scale_width
  double scale() const;
};

AttentionShape attention_shape(const Problem& problem);

/// Where element `i` stands in a vector; never negative.
inline std::size_t index(std::int64_t i) {
  return static_cast<std::size_t>(i);
}

}  // namespace assay::kernels
