// A device in use: its one queue, as backends/sdk/queue_memory.h requires, and CNNL's handle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "backends/cambricon/cnrt.h"
#include "backends/cambricon/runtime.h"
#include "backends/sdk/queue_memory.h"

namespace assay::backends::cambricon {

class Session {
 public:
  explicit Session(std::uint32_t index);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Makes it the calling thread's current device; every call from outside begins with this.
  void enter() const;
  void enter_quietly() const noexcept { api_.cnrtSetDevice(index_); }
  const Api& api() const { return api_; }
  Queue queue() const { return queue_; }
  Handle handle() const { return handle_; }
  void wait() const;
  std::uint64_t memory_bytes() const { return memory_bytes_; }
  std::uint64_t memory_available() const;
  std::uint64_t flush_bytes() const;

  void* allocate(std::uint64_t bytes) const;
  void release(void* memory) const noexcept { api_.cnrtFree(memory); }
  void* allocate_host(std::uint64_t bytes) const;
  void release_host(void* memory) const noexcept { api_.cnrtFreeHost(memory); }
  void clear(void* to, std::uint64_t bytes) const;
  void copy(void* to, const void* from, std::uint64_t bytes, sdk::Direction direction) const;
  void enqueue_copy(void* to, const void* from, std::uint64_t bytes,
                    sdk::Direction direction) const;
  void enqueue_fill(void* to, int byte, std::uint64_t bytes) const;
  static const char* enqueued_copy() { return runtime().api.enqueued_copy; }

  using Event = Notifier;
  Event make_event() const;
  void release_event(Event event) const noexcept { api_.cnrtNotifierDestroy(event); }
  void enqueue_event(Event event) const;
  void wait_for(Event event) const;
  double seconds_between(Event earlier, Event later) const;

 private:
  const Api& api_;
  int index_;
  Queue queue_ = nullptr;
  Handle handle_ = nullptr;
  std::size_t memory_bytes_ = 0;
};

using Memory = sdk::QueueMemory<Session>;

/// A value of cnrtDeviceGetAttribute; 0 where unknown.
std::int64_t attribute(std::uint32_t index, int which);
/// L2 bytes; 0 where unknown.
std::uint64_t cache_bytes(std::uint32_t index);

}  // namespace assay::backends::cambricon
