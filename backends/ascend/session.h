// A device in use: its context and its one stream, as backends/sdk/queue_memory.h requires.
#pragma once

#include <cstdint>
#include <memory>

#include "backends/ascend/acl.h"
#include "backends/ascend/runtime.h"
#include "backends/sdk/queue_memory.h"

namespace assay::backends::ascend {

class Session {
 public:
  explicit Session(std::uint32_t index);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Makes it the calling thread's current device; every call from outside begins with this.
  void enter() const;
  void enter_quietly() const noexcept { acl_.aclrtSetCurrentContext(context_); }
  const Acl& acl() const { return acl_; }
  Stream stream() const { return stream_; }
  void wait() const;
  std::uint64_t memory_bytes() const { return memory_bytes_; }
  std::uint64_t memory_available() const;
  std::uint64_t flush_bytes() const;

  void* allocate(std::uint64_t bytes) const;
  void release(void* memory) const noexcept { acl_.aclrtFree(memory); }
  void* allocate_host(std::uint64_t bytes) const;
  void release_host(void* memory) const noexcept { acl_.aclrtFreeHost(memory); }
  void clear(void* to, std::uint64_t bytes) const;
  void copy(void* to, const void* from, std::uint64_t bytes, sdk::Direction direction) const;
  /// To or from host memory that is not page-locked, the call itself waits (hicann/runtime
  /// docs/zh/api_ref/11-03).
  void enqueue_copy(void* to, const void* from, std::uint64_t bytes,
                    sdk::Direction direction) const;
  void enqueue_fill(void* to, int byte, std::uint64_t bytes) const;
  static const char* enqueued_copy() { return "aclrtMemcpyAsync"; }

  using Event = ascend::Event;
  Event make_event() const;
  void release_event(Event event) const noexcept { acl_.aclrtDestroyEvent(event); }
  void enqueue_event(Event event) const;
  void wait_for(Event event) const;
  double seconds_between(Event earlier, Event later) const;

 private:
  const Acl& acl_;
  std::int32_t index_;
  Context context_ = nullptr;
  Stream stream_ = nullptr;
  std::uint64_t memory_bytes_ = 0;
};

using Memory = sdk::QueueMemory<Session>;

/// Bytes.
struct MemoryOfDevice {
  std::uint64_t free = 0, total = 0;
};
/// Memory of a device, by type: HBM, or DDR where it has none. 0 where it is unknown. The
/// device must be the calling thread's current one.
MemoryOfDevice memory_of_current_device(const Acl& acl);
/// L2 bytes; 0 where unknown.
std::uint64_t cache_bytes(std::uint32_t index);

}  // namespace assay::backends::ascend
