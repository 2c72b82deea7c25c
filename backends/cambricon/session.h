// A device in use: its one queue, CNNL's handle, and memory on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "backends/cambricon/cnrt.h"
#include "backends/cambricon/runtime.h"

namespace assay::backends::cambricon {

class Session {
 public:
  explicit Session(std::uint32_t index);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Makes the device that of the calling thread; every call from outside begins with it.
  void enter() const;
  void enter_quietly() const noexcept { api_.cnrtSetDevice(index_); }
  const Api& api() const { return api_; }
  Queue queue() const { return queue_; }
  Handle handle() const { return handle_; }
  void wait() const;
  std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  const Api& api_;
  int index_;
  Queue queue_ = nullptr;
  Handle handle_ = nullptr;
  std::size_t memory_bytes_ = 0;
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

}  // namespace assay::backends::cambricon
