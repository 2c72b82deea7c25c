#include "kernels/tile.h"

#include <algorithm>

namespace assay::kernels {

Tile tile_for(const PortableTarget& target, DataType type) {
  const std::string& best = target.tile_multiply;
  const bool narrow = type == DataType::bf16 || type == DataType::f16 || type == DataType::i8;
  if (best == "mma_sync" && narrow) {
    return {"mma_sync", 16, 16, type == DataType::i8 ? 32 : 16, 32, true};
  }
  if (best == "mfma" && narrow) {
    return {"mfma", 16, 16, type == DataType::i8 ? 32 : 16, 64, true};
  }
  if (best == "wmma" && narrow) return {"wmma", 16, 16, 16, 32, true};
  return {"fma", 4, 4, 1, 1, false};
}

std::int64_t staged_bytes(const Tile& tile, DataType operand, DataType accumulator) {
  return bytes_of(tile.raw ? operand : accumulator, 1);
}

std::int64_t block_bytes(const Tile& tile, std::int64_t staged, std::int64_t outer,
                         std::int64_t depth, bool panels, bool along_depth) {
  if (panels) return staged * outer * depth;
  if (tile.is_fma()) return staged * (outer + 4) * depth;
  const std::int64_t pad = 16 / staged;
  const std::int64_t along = outer * (depth + pad);
  return staged * (along_depth ? along : std::max((outer + pad) * depth, along));
}

}  // namespace assay::kernels
