// What the fake run-time compiler hands out and the fake driver loads: a header, and a
// shared object for the host with one description a kernel.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::fakes::cudalike {

struct ImageHeader {
  static constexpr char kMagic[16] = "assay pretended";
  char magic[16];
  std::uint64_t bytes;  ///< of what follows
};

// The compiler's own prelude declares the same (compiler_prelude.h).
struct Extents {
  unsigned x, y, z;
};
struct Item {
  Extents thread, group, groups, group_size;
  void* local_memory;
};
struct Kernel {
  void (*call)(void** arguments);
  int arguments, most_items;
  const unsigned char* sizes;
  const bool* pointers;
};

}  // namespace assay::fakes::cudalike
