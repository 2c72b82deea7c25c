// Memory on a device, and the way to it and back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "backends/cudalike/platform.h"

namespace assay::backends::cudalike {

/// Device memory followed by a guard zone; its pattern is checked when the end is downloaded.
class Buffer {
 public:
  /// Every page written. Throws sdk::Failure.
  Buffer(std::uint64_t bytes, Stream stream);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() const { return data_; }

  static constexpr std::uint64_t kGuardBytes = 256;
  static constexpr int kGuardByte = 0xc5;

 private:
  std::uint64_t bytes_;
  std::byte* data_ = nullptr;
};

/// Memory of the host: page-locked by the runtime, or of the system's allocator. Every page
/// written.
class HostMemory {
 public:
  HostMemory(std::uint64_t bytes, bool pinned);
  ~HostMemory();
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;
  std::byte* data() const { return data_; }

 private:
  std::byte* data_ = nullptr;
  bool pinned_;
};

/// Copies between host and device through two pinned pieces, one filled while the other travels;
/// straight from pageable memory where the runtime pins none.
class Staging {
 public:
  explicit Staging(Stream stream);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  void upload(std::byte* to, const void* from, std::uint64_t bytes);
  void download(void* to, const std::byte* from, std::uint64_t bytes);
  bool pinned() const { return pieces_[0].memory != nullptr; }

  static constexpr std::uint64_t kPieceBytes = 4 << 20;

 private:
  struct Piece {
    void* memory = nullptr;
    Event done = nullptr;
    bool travels = false;
  };
  void settle(Piece& piece);

  Stream stream_;
  Piece pieces_[2];
};

/// MemcpyAsync in the vendor's own order of arguments.
enum class Direction { to_device = 1, to_host = 2, on_device = 3 };
void copy_async(void* to, const void* from, std::uint64_t bytes, Direction direction,
                Stream stream);

}  // namespace assay::backends::cudalike
