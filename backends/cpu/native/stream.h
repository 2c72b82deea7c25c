// Copy and triad at memory speed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/dtype.h"

namespace assay::backends::cpu::native {

/// Kernels of Highway's best target. With `past_cache`, stores bypass the caches; they then need
/// the output on a 64-byte boundary. Sizes: bytes for copy, elements for triad.
struct StreamKernels {
  void (*copy)(const std::byte* b, std::byte* a, std::int64_t bytes, bool past_cache);
  /// a = b + 3 c; null where the type is not computed.
  void (*triad)(const std::byte* b, const std::byte* c, std::byte* a, std::int64_t elements,
                bool past_cache);
  const char* target;
};

StreamKernels stream_kernels(kernels::DataType type);

}  // namespace assay::backends::cpu::native
