// This rank's memory, every page of it written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>

namespace assay::backends::mpi {

class Memory {
 public:
  explicit Memory(std::uint64_t bytes);
  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* memory) const { ::operator delete[](memory, kAlignment); }
  };
  static constexpr std::align_val_t kAlignment{4096};

  std::uint64_t bytes_;
  std::unique_ptr<std::byte[], Free> data_;
};

/// Overwrites twice the last-level cache, by the size that the C library reports, but no more than
/// 256 MiB a rank: those that share a cache do it together.
class CacheFlush {
 public:
  void flush();

 private:
  std::optional<Memory> memory_;
  int turn_ = 0;
};

/// Of this machine.
std::uint64_t available_bytes();
std::uint64_t total_bytes();

}  // namespace assay::backends::mpi
