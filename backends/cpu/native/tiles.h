// Products of packed panels of f32, added up in vector registers.
#pragma once

#include <cstdint>
#include <string>

namespace assay::backends::cpu::native {

struct TileKernel {
  /// sums[rows x columns] += A B. `a`: [depth, rows], `b`: [depth, columns]; `used` of the rows are
  /// computed; the rows of `sums` are `stride` apart.
  void (*multiply)(const float* a, const float* b, float* sums, std::int64_t stride,
                   std::int64_t used, std::int64_t depth);
  std::int64_t rows, columns;  ///< of a tile
  std::string instruction;
};

/// For the best instruction set of this CPU.
TileKernel tile_kernel();

}  // namespace assay::backends::cpu::native
