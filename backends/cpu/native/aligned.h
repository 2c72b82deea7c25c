// Uninitialised arrays on cache-line boundaries, for workspaces and packed operands.
#pragma once

#include <cstddef>
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

}  // namespace assay::backends::cpu::native
