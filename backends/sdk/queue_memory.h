// Memory, events and copies of a device that works through one queue. A module provides a Session
// with its vendor's calls (all but noexcept ones may throw sdk::Failure):
//
//   struct Session {
//     explicit Session(std::uint32_t index);         // opens the device and makes its queue
//     void enter() const;                            // makes it the calling thread's device
//     void enter_quietly() const noexcept;           // the same, where nothing may be thrown
//     void wait() const;                             // until the queue has run empty
//     std::uint64_t memory_bytes() const;            // 0 where unknown
//     std::uint64_t memory_available() const;        // free now; may be left out
//     std::uint64_t flush_bytes() const;             // enough to overwrite the last-level cache
//
//     void* allocate(std::uint64_t bytes) const;
//     void release(void* memory) const noexcept;
//     void* allocate_host(std::uint64_t bytes) const;      // page-locked
//     void release_host(void* memory) const noexcept;
//     void clear(void* to, std::uint64_t bytes) const;     // done when it returns, as is copy()
//     void copy(void* to, const void* from, std::uint64_t bytes, sdk::Direction) const;
//     void enqueue_copy(void* to, const void* from, std::uint64_t bytes, sdk::Direction) const;
//     void enqueue_fill(void* to, int byte, std::uint64_t bytes) const;
//     static const char* enqueued_copy();                  // what the vendor calls it, for records
//
//     using Event = …;                               // what the device stamps
//     Event make_event() const;
//     void release_event(Event) const noexcept;
//     void enqueue_event(Event) const;
//     void wait_for(Event) const;
//     double seconds_between(Event earlier, Event later) const;
//   };
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/sdk/failure.h"

namespace assay::sdk {

enum class Direction { host_to_device, device_to_host, device_to_device };

/// Device memory, zeroed; keeps its session open. A module's Buffer.
template <class Session>
class QueueMemory {
 public:
  QueueMemory(std::shared_ptr<const Session> session, std::uint64_t bytes)
      : session_(std::move(session)), bytes_(bytes) {
    const std::uint64_t all = session_->memory_bytes();
    // Runtimes add to the requested size, which must not overflow.
    if (bytes > (all != 0 ? all : std::uint64_t{1} << 60)) {
      throw Failure(ASSAY_OUT_OF_MEMORY, std::to_string(bytes) +
                                             " bytes were asked for, and the device has " +
                                             std::to_string(all));
    }
    const std::uint64_t room = std::max<std::uint64_t>(bytes, 1);
    data_ = session_->allocate(room);
    try {
      session_->clear(data_, room);
    } catch (...) {
      session_->release(data_);
      throw;
    }
  }
  ~QueueMemory() {
    session_->enter_quietly();
    session_->release(data_);
  }
  QueueMemory(const QueueMemory&) = delete;
  QueueMemory& operator=(const QueueMemory&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  std::byte* data() const { return static_cast<std::byte*>(data_); }
  void upload(std::uint64_t offset, const void* from, std::uint64_t bytes) {
    session_->copy(data() + offset, from, bytes, Direction::host_to_device);
  }
  void download(std::uint64_t offset, void* to, std::uint64_t bytes) const {
    session_->copy(to, data() + offset, bytes, Direction::device_to_host);
  }

 private:
  std::shared_ptr<const Session> session_;
  std::uint64_t bytes_ = 0;
  void* data_ = nullptr;
};

/// Host memory, page-locked or not, every byte of it written.
template <class Session>
class HostMemory {
 public:
  HostMemory(std::shared_ptr<const Session> session, std::uint64_t bytes, bool pinned)
      : session_(std::move(session)) {
    if (pinned) {
      pinned_ = session_->allocate_host(bytes);
      std::memset(pinned_, 0xff, bytes);
    } else {
      pageable_.assign(bytes, std::byte{0xff});
    }
  }
  ~HostMemory() {
    session_->enter_quietly();
    if (pinned_ != nullptr) session_->release_host(pinned_);
  }
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;
  void* data() { return pinned_ != nullptr ? pinned_ : pageable_.data(); }

 private:
  std::shared_ptr<const Session> session_;
  void* pinned_ = nullptr;
  std::vector<std::byte> pageable_;
};

/// An event in the queue, as QueueTimer requires it.
template <class Session>
class QueueMark {
 public:
  explicit QueueMark(std::shared_ptr<const Session> session)
      : session_(std::move(session)), event_(session_->make_event()) {}
  ~QueueMark() {
    session_->enter_quietly();
    session_->release_event(event_);
  }
  QueueMark(const QueueMark&) = delete;
  QueueMark& operator=(const QueueMark&) = delete;

  void place() { session_->enqueue_event(event_); }
  void wait() { session_->wait_for(event_); }
  double seconds_since(const QueueMark& earlier) {
    return session_->seconds_between(earlier.event_, event_);
  }

 private:
  std::shared_ptr<const Session> session_;
  typename Session::Event event_;
};

}  // namespace assay::sdk
