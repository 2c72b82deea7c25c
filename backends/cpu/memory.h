// Memory of the device: pages from the kernel, huge ones where it gives them.
#pragma once

#include <cstddef>
#include <utility>

namespace assay::backends::cpu {

/// Zeroed, aligned to a page (to 2 MiB from there on); unmapped when destroyed.
class Memory {
 public:
  Memory() = default;
  /// Throws std::bad_alloc where the address space or the kernel's accounting has no room. Pages
  /// come into being when first written.
  explicit Memory(std::size_t bytes);
  Memory(Memory&& other) noexcept { *this = std::move(other); }
  Memory& operator=(Memory&& other) noexcept {
    std::swap(mapping_, other.mapping_);
    std::swap(mapped_bytes_, other.mapped_bytes_);
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Memory();

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Bytes in a page of this system.
std::size_t page_bytes();

/// Memory that can be allocated without the kernel killing a process: what is free or can be freed,
/// within the limit of the process's control group.
std::size_t available_bytes();
/// Memory that the device may use in total.
std::size_t total_bytes();

}  // namespace assay::backends::cpu
