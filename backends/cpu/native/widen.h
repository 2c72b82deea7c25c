// Narrow and block-scaled operands as f32, decoded by tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace assay::backends::cpu::native {

/// Decodes runs of one array. Every value is exact in f32 but those of f8e4m3g128, which are
/// rounded once to nearest. Used from any thread.
class Widener {
 public:
  /// `array`: all of it, with its scales; of `elements` elements.
  Widener(kernels::DataType type, const std::byte* array, std::int64_t elements);

  static bool reads(kernels::DataType type);

  /// to[i * step] = element first + i, for i below `count`.
  void widen(std::int64_t first, std::int64_t count, float* to, std::int64_t step) const;

 private:
  void widen_block(std::int64_t first, std::int64_t count, float scale, float* to,
                   std::int64_t step) const;
  float scale_of(std::int64_t block) const;

  kernels::DataType type_, element_;
  const std::byte *elements_, *scales_;
  std::int64_t block_;                        ///< elements that share a scale; 0: no scales
  std::vector<float> values_, scale_values_;  ///< by their bits
};

}  // namespace assay::backends::cpu::native
