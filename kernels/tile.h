// Which tile multiply a portable kernel uses on a device (their words: kernels/prelude/tile_fma.h).
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

  /// Runs of staged elements that a block's lines are padded by.
  bool is_fma() const { return name == "fma"; }
};

/// The tile multiply for operands of `type` with its usual accumulator. For "fma" the sizes are
/// parameters of the kernels and only examples here.
Tile tile_for(const PortableTarget& target, DataType type);

/// Bytes of one staged element.
std::int64_t staged_bytes(const Tile& tile, DataType operand, DataType accumulator);

/// Bytes that a block of `outer` x `depth` takes in local memory, whichever way its lines run.
std::int64_t block_bytes(const Tile& tile, std::int64_t staged, std::int64_t outer,
                         std::int64_t depth, bool panels);

}  // namespace assay::kernels
