#include "backends/ascend/session.h"

#include <fmt/format.h>

namespace assay::backends::ascend {
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

Session::Session(std::uint32_t index)
    : acl_(runtime().acl), index_(static_cast<std::int32_t>(index)) {
  check(acl_.aclrtSetDevice(index_), fmt::format("aclrtSetDevice({})", index));
  try {
    check(acl_.aclrtGetCurrentContext(&context_), "aclrtGetCurrentContext");
    check(acl_.aclrtCreateStream(&stream_), "aclrtCreateStream");
    memory_bytes_ = memory_of_current_device(acl_).total;
  } catch (...) {
    if (stream_ != nullptr) acl_.aclrtDestroyStream(stream_);
    acl_.aclrtResetDevice(index_);
    throw;
  }
}

Session::~Session() {
  enter_quietly();
  acl_.aclrtSynchronizeStream(stream_);
  acl_.aclrtDestroyStream(stream_);
  acl_.aclrtResetDevice(index_);
}

void Session::enter() const {
  check(acl_.aclrtSetCurrentContext(context_), "aclrtSetCurrentContext");
}

void Session::wait() const {
  check(acl_.aclrtSynchronizeStream(stream_), "aclrtSynchronizeStream");
}

std::uint64_t Session::memory_available() const {
  const MemoryOfDevice memory = memory_of_current_device(acl_);
  if (memory.total == 0) throw sdk::Failure(ASSAY_UNSUPPORTED, "aclrtGetMemInfo reports no memory");
  return memory.free;
}

std::uint64_t Session::flush_bytes() const {
  // Twice the largest L2 of a published chip (192 MB), for a chip that does not report its own.
  constexpr std::uint64_t kUnknown = std::uint64_t{384} << 20;
  const std::uint64_t cache = cache_bytes(static_cast<std::uint32_t>(index_));
  return cache > 0 ? 2 * cache : kUnknown;
}

void* Session::allocate(std::uint64_t bytes) const {
  void* memory = nullptr;
  check(acl_.aclrtMalloc(&memory, bytes, kMallocHugeFirst),
        fmt::format("aclrtMalloc of {}", bytes));
  return memory;
}

void* Session::allocate_host(std::uint64_t bytes) const {
  void* memory = nullptr;
  check(acl_.aclrtMallocHost(&memory, bytes), "aclrtMallocHost");
  return memory;
}

void Session::clear(void* to, std::uint64_t bytes) const {
  check(acl_.aclrtMemset(to, bytes, 0, bytes), "aclrtMemset");
}

void Session::copy(void* to, const void* from, std::uint64_t bytes,
                   sdk::Direction direction) const {
  check(acl_.aclrtMemcpy(to, bytes, from, bytes, kind_of(direction)), "aclrtMemcpy");
}

void Session::enqueue_copy(void* to, const void* from, std::uint64_t bytes,
                           sdk::Direction direction) const {
  check(acl_.aclrtMemcpyAsync(to, bytes, from, bytes, kind_of(direction), stream_),
        enqueued_copy());
}

void Session::enqueue_fill(void* to, int byte, std::uint64_t bytes) const {
  check(acl_.aclrtMemsetAsync(to, bytes, byte, bytes, stream_), "aclrtMemsetAsync");
}

Event Session::make_event() const {
  Event event = nullptr;
  check(acl_.aclrtCreateEvent(&event), "aclrtCreateEvent");
  return event;
}

void Session::enqueue_event(Event event) const {
  check(acl_.aclrtRecordEvent(event, stream_), "aclrtRecordEvent");
}

void Session::wait_for(Event event) const {
  check(acl_.aclrtSynchronizeEvent(event), "aclrtSynchronizeEvent");
}

double Session::seconds_between(Event earlier, Event later) const {
  float milliseconds = 0;
  check(acl_.aclrtEventElapsedTime(&milliseconds, earlier, later), "aclrtEventElapsedTime");
  return milliseconds * 1e-3;
}

MemoryOfDevice memory_of_current_device(const Acl& acl) {
  for (const int kind : {kMemoryHbm, kMemoryDdr}) {
    std::size_t free = 0, total = 0;
    if (acl.aclrtGetMemInfo(kind, &free, &total) == 0 && total > 0) return {free, total};
  }
  return {};
}

std::uint64_t cache_bytes(std::uint32_t index) {
  const Acl& acl = runtime().acl;
  std::int64_t value = 0;
  if (acl.aclrtGetDeviceInfo != nullptr &&
      acl.aclrtGetDeviceInfo(index, kAttributeL2, &value) == 0 && value > 0) {
    return static_cast<std::uint64_t>(value);
  }
  if (acl.aclGetDeviceCapability != nullptr &&
      acl.aclGetDeviceCapability(index, kCapabilityL2, &value) == 0 && value > 0) {
    return static_cast<std::uint64_t>(value);
  }
  return 0;
}

}  // namespace assay::backends::ascend
