#include "backends/cambricon/session.h"

#include <fmt/format.h>

namespace assay::backends::cambricon {
namespace {

CopyKind kind_of(sdk::Direction direction) {
  switch (direction) {
    case sdk::Direction::host_to_device:
      return CopyKind::host_to_device;
    case sdk::Direction::device_to_host:
      return CopyKind::device_to_host;
    case sdk::Direction::device_to_device:
      break;
  }
  return CopyKind::device_to_device;
}

}  // namespace

Session::Session(std::uint32_t index) : api_(runtime().api), index_(static_cast<int>(index)) {
  enter();
  std::size_t free = 0;
  check(api_.cnrtMemGetInfo(&free, &memory_bytes_), "cnrtMemGetInfo");
  check(api_.cnrtQueueCreate(&queue_), "cnrtQueueCreate");
  try {
    check_nn(api_.cnnlCreate(&handle_), "cnnlCreate");
    check_nn(api_.cnnlSetQueue(handle_, queue_), "cnnlSetQueue");
  } catch (...) {
    if (handle_ != nullptr) api_.cnnlDestroy(handle_);
    api_.cnrtQueueDestroy(queue_);
    throw;
  }
}

Session::~Session() {
  enter_quietly();
  api_.cnrtQueueSync(queue_);
  api_.cnnlDestroy(handle_);
  api_.cnrtQueueDestroy(queue_);
}

void Session::enter() const {
  check(api_.cnrtSetDevice(index_), fmt::format("cnrtSetDevice({})", index_));
}

void Session::wait() const {
  check(api_.cnrtQueueSync(queue_), "cnrtQueueSync");
}

std::uint64_t Session::memory_available() const {
  std::size_t free = 0, total = 0;
  check(api_.cnrtMemGetInfo(&free, &total), "cnrtMemGetInfo");
  return free;
}

std::uint64_t Session::flush_bytes() const {
  // More than twice the last-level cache of a published chip, for a chip that does not report its
  // own.
  constexpr std::uint64_t kUnknown = std::uint64_t{384} << 20;
  const std::uint64_t cache = cache_bytes(static_cast<std::uint32_t>(index_));
  return cache > 0 ? 2 * cache : kUnknown;
}

void* Session::allocate(std::uint64_t bytes) const {
  void* memory = nullptr;
  check(api_.cnrtMalloc(&memory, bytes), fmt::format("cnrtMalloc of {}", bytes));
  return memory;
}

void* Session::allocate_host(std::uint64_t bytes) const {
  void* memory = nullptr;
  check(api_.cnrtHostMalloc(&memory, bytes), "cnrtHostMalloc");
  return memory;
}

void Session::clear(void* to, std::uint64_t bytes) const {
  check(api_.cnrtMemset(to, 0, bytes), "cnrtMemset");
}

void Session::copy(void* to, const void* from, std::uint64_t bytes,
                   sdk::Direction direction) const {
  check(api_.cnrtMemcpy(to, const_cast<void*>(from), bytes, kind_of(direction)), "cnrtMemcpy");
}

void Session::enqueue_copy(void* to, const void* from, std::uint64_t bytes,
                           sdk::Direction direction) const {
  check(api_.cnrtMemcpyAsync(to, const_cast<void*>(from), bytes, queue_, kind_of(direction)),
        enqueued_copy());
}

void Session::enqueue_fill(void* to, int byte, std::uint64_t bytes) const {
  check(api_.cnrtMemsetAsync(to, byte, bytes, queue_), "cnrtMemsetAsync");
}

Notifier Session::make_event() const {
  Notifier notifier = nullptr;
  check(api_.cnrtNotifierCreate(&notifier), "cnrtNotifierCreate");
  return notifier;
}

void Session::enqueue_event(Notifier notifier) const {
  check(api_.cnrtPlaceNotifier(notifier, queue_), "cnrtPlaceNotifier");
}

void Session::wait_for(Notifier notifier) const {
  check(api_.cnrtWaitNotifier(notifier), "cnrtWaitNotifier");
}

double Session::seconds_between(Notifier earlier, Notifier later) const {
  float microseconds = 0;
  check(api_.cnrtNotifierDuration(earlier, later, &microseconds), "cnrtNotifierDuration");
  return microseconds * 1e-6;
}

std::int64_t attribute(std::uint32_t index, int which) {
  int value = 0;
  const Status status =
      runtime().api.cnrtDeviceGetAttribute(&value, which, static_cast<int>(index));
  return status == 0 && value > 0 ? value : 0;
}

std::uint64_t cache_bytes(std::uint32_t index) {
  return static_cast<std::uint64_t>(attribute(index, kL2Bytes));
}

}  // namespace assay::backends::cambricon
