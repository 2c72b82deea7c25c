// Which tile multiply a portable kernel uses on a device (see kernels/prelude/README.md).
#pragma once

#include <cstdint>
#include <string>

#include "kernels/portable.h"

namespace assay::kernels {

/// One step of a team of work-items: C [m x n] += A [m x k] B [k x n].
struct Tile {
  std::string name;  ///< "fma", "mma_sync", …: the file prelude/tile_NAME.h
  std::int64_t m = 4, n = 4, k = 1, team = 1;
  bool raw = false;  ///< operands are staged in their own type, else in the accumulator's

  bool is_fma() const { return name == "fma"; }
};

/// The tile multiply for operands of `type` with its usual accumulator. For "fma" the sizes here
/// are only examples: they are parameters of the kernels.
Tile tile_for(const PortableTarget& target, DataType type);

/// Bytes of one staged element.
std::int64_t staged_bytes(const Tile& tile, DataType operand, DataType accumulator);

/// Bytes of local memory for a block of `outer` x `depth`: enough for either direction of its
/// lines, or with `along_depth` for lines along depth alone.
std::int64_t block_bytes(const Tile& tile, std::int64_t staged, std::int64_t outer,
                         std::int64_t depth, bool panels, bool along_depth = false);

}  // namespace assay::kernels
