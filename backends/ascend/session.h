// A device in use: its context, its one stream, and memory on it.
#pragma once

#include <cstdint>
#include <memory>

#include "backends/ascend/acl.h"
#include "backends/ascend/runtime.h"

namespace assay::backends::ascend {

class Session {
 public:
  explicit Session(std::uint32_t index);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Makes the device that of the calling thread; every call from outside begins with it.
  void enter() const;
  void enter_quietly() const noexcept { acl_.aclrtSetCurrentContext(context_); }
  const Acl& acl() const { return acl_; }
  Stream stream() const { return stream_; }
  void wait() const;
  std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  const Acl& acl_;
  std::int32_t index_;
  Context context_ = nullptr;
  Stream stream_ = nullptr;
  std::uint64_t memory_bytes_ = 0;
};

/// Device memory; keeps its session open.
class Memory {
 public:
  /// Every byte is written (0). Throws sdk::Failure.
  Memory(std::shared_ptr<const Session> session, std::uint64_t bytes);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() const { return static_cast<std::byte*>(data_); }
  void upload(std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(std::uint64_t offset, void* to, std::uint64_t bytes) const;

 private:
  std::shared_ptr<const Session> session_;
  std::uint64_t bytes_ = 0;
  void* data_ = nullptr;
};

/// Bytes.
struct MemoryOfDevice {
  std::uint64_t free = 0, total = 0;
};
/// Memory of a device, by type: HBM, or DDR where it has none. 0 where it is not told. The calling
/// thread has the device.
MemoryOfDevice memory_of_current_device(const Acl& acl);

}  // namespace assay::backends::ascend
