// FP64 products of decoded tiles: the arithmetic under every reference and every check.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::kernels {

/// Columns of B and C must be a multiple of this; pad with zeros.
inline constexpr std::int64_t kPanelStep = 8;

constexpr std::int64_t padded(std::int64_t columns) {
  return (columns + kPanelStep - 1) / kPanelStep * kPanelStep;
}

/// What panel_multiply_add does between multiplication and addition.
enum class Rounding {
  /// One rounding per multiply-add where the machine has a fused one. The bits are the same on
  /// every machine only if the products are exact: factors of 53 bits together.
  fused,
  separate  ///< two roundings, on every machine
};

/// C += A B with C rows x columns, A rows x depth, B depth x columns, row-major, leading dimensions
/// in elements. Each element of C is summed in ascending order of depth.
void panel_multiply_add(Rounding rounding, std::int64_t rows, std::int64_t columns,
                        std::int64_t depth, const double* a, std::int64_t lda, const double* b,
                        std::int64_t ldb, double* c, std::int64_t ldc);

}  // namespace assay::kernels
