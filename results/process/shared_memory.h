// Memory that two processes share.
#pragma once

#include <cstddef>
#include <span>

#include "results/process/descriptor.h"

namespace assay::results::process {

/// Memory without a name in the file system; another process maps it by its descriptor.
class SharedMemory {
 public:
  enum class Access { read, write };

  SharedMemory() = default;
  /// New memory of `bytes` bytes, all zero. `name` is shown in /proc. Throws Error, and
  /// std::bad_alloc where memory is lacking.
  SharedMemory(const char* name, std::size_t bytes);
  /// Maps the memory of another process. Throws Error if it has fewer than `bytes` bytes, or if
  /// its sealing forbids the access.
  SharedMemory(Descriptor descriptor, std::size_t bytes, Access access);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  /// Other processes that map the memory from now on can only read it; this one can still write.
  /// Returns false if the kernel cannot do this (before Linux 5.1).
  bool seal_against_writing();

  std::span<std::byte> bytes() const { return {data_, size_}; }
  int descriptor() const { return descriptor_.get(); }

 private:
  void map(Access access);

  Descriptor descriptor_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace assay::results::process
