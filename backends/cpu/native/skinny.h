// Matrix products with few rows: the weights are read once, at memory speed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "backends/cpu/machine.h"
#include "kernels/matmul/shape.h"

namespace assay::backends::cpu::native {

inline constexpr std::int64_t kSkinnyRows = 16;  ///< most rows of A

/// One part of one product: sums[m, columns] over a part of k.
struct SkinnyPart {
  const std::byte* a;  ///< packed: row-panels (nn) or rows (nt), from k = 0
  const std::byte* b;  ///< [k, n], or [n, k] where transposed
  std::int64_t m, n, k;
  std::int64_t first_column, columns;
  std::int64_t first_k, end_k;  ///< first_k is a multiple of k_grain
  std::byte* sums;              ///< [m, sums_stride] of 4 or 8 bytes, overwritten
  std::int64_t sums_stride;     ///< at least `columns` rounded up to column_grain
  bool fetch_ahead;             ///< prefetch B by software too, not only by hardware
};

struct SkinnyKernels {
  std::string instruction;
  std::int64_t sum_bytes;  ///< of one sum: f32, f64 or i32
  /// Shared multiple for the beginnings of parts of k, and the padding of packed rows.
  std::int64_t k_grain;
  std::int64_t column_grain;
  /// Bytes of a packed A.
  std::int64_t (*packed_bytes)(std::int64_t m, std::int64_t k);
  /// A [m, k] ([k, m] where transposed_a) to the layout that the kernel for B reads.
  void (*pack)(const std::byte* a, std::int64_t m, std::int64_t k, bool transposed_a,
               bool transposed_b, std::byte* to);
  void (*part)(const SkinnyPart& part);             ///< B [k, n]
  void (*part_transposed)(const SkinnyPart& part);  ///< B [n, k]
  /// Adds `others` further sums, each `distance` bytes on, and rounds to C.
  void (*finish)(const std::byte* sums, std::int64_t distance, std::int64_t others,
                 std::int64_t count, kernels::DataType c, std::byte* to);
};

/// `part` is null where this CPU or build does not multiply the type.
SkinnyKernels skinny_kernels(kernels::DataType type);
/// BF16 pairs by vdpbf16ps, I8 quads by vpdpbusd; `part` is null where there is no such.
SkinnyKernels skinny_kernels_x86(kernels::DataType type, const Features& features);

}  // namespace assay::backends::cpu::native
