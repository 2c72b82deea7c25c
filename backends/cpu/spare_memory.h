// Memory of freed buffers that waits for new ones: the kernel would clear all of its pages again.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "backends/cpu/memory.h"

namespace assay::backends::cpu {

class SpareMemory {
 public:
  /// Memory with room for so many bytes and little more, aligned as Memory is; its contents are
  /// those of an earlier buffer. Absent where there is none.
  std::optional<Memory> take(std::size_t bytes);
  /// Memory of huge pages is kept, 512 MiB at most together: what came first goes first.
  void keep(Memory memory);
  void release() { kept_.clear(); }

 private:
  std::vector<Memory> kept_;
};

}  // namespace assay::backends::cpu
