// Uninitialised arrays on cache-line boundaries, for workspaces and packed operands;
// sizes that are padded to whole vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace assay::backends::cpu::native {

struct AlignedDelete {
  static constexpr std::align_val_t kAlignment{64};
  void operator()(void* memory) const { ::operator delete(memory, kAlignment); }
};

template <class T>
using AlignedArray = std::unique_ptr<T[], AlignedDelete>;

/// Throws std::bad_alloc.
template <class T>
AlignedArray<T> aligned_array(std::size_t elements) {
  void* memory = ::operator new(elements * sizeof(T), AlignedDelete::kAlignment);
  return AlignedArray<T>(static_cast<T*>(memory));
}

/// The least multiple that is not below `value`, which is not negative.
inline std::int64_t round_up(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace assay::backends::cpu::native
