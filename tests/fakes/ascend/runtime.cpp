// AscendCL's calls about devices, memory, streams and events.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "tests/fakes/ascend/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::ascend;

namespace {

Status check_device(std::int64_t device) {
  if (device >= 0 && device < machine().devices) return kOk;
  return refuse(kRtInvalidDevice, fmt::format("there is no device {}", device));
}

/// Memory of the current device behind an address; kOk or why not.
Status place_of(const void* address, std::size_t bytes, DeviceMemory::Place& place) {
  place = machine().memory.find(address, bytes);
  if (place.data == nullptr) return refuse(kRtInvalid, place.why_not);
  if (place.device != current_context()->device) {
    return refuse(kRtInvalid, fmt::format("{} lies on device {}", address, place.device));
  }
  return kOk;
}

/// Host memory is anything that is no device address.
Status end_of_copy(const void* address, std::size_t bytes, bool on_device, std::byte*& data) {
  if (on_device) {
    DeviceMemory::Place place;
    const Status refused = place_of(address, bytes, place);
    data = place.data;
    return refused;
  }
  if (address == nullptr || machine().memory.is_device_address(address)) {
    return refuse(kRtInvalid, fmt::format("{} is no address of the host", address));
  }
  data = static_cast<std::byte*>(const_cast<void*>(address));
  return kOk;
}

struct Copy {
  std::byte *to = nullptr, *from = nullptr;
};

Status plan_copy(void* to, std::size_t room, const void* from, std::size_t bytes, int kind,
                 Copy& copy) {
  if (kind < 1 || kind > 3) return refuse(kRtInvalid, fmt::format("copy of kind {}", kind));
  if (bytes == 0 || bytes > room) {
    return refuse(kRtInvalid, fmt::format("{} bytes into a room of {}", bytes, room));
  }
  if (const Status bad = end_of_copy(to, room, kind != 2, copy.to); bad != kOk) return bad;
  return end_of_copy(from, bytes, kind != 1, copy.from);
}

}  // namespace

FAKE_EXPORT Status aclInit(const char*) {
  const std::lock_guard lock(machine().mutex);
  // The check for faults; that of aclInit itself does not hold here.
  if (const Status refused = entered("aclInit"); refused != kOk && refused != kUninitialised) {
    return refused;
  }
  if (machine().initialised) return refuse(kRepeatedInit, "aclInit was called before");
  machine().initialised = true;
  aclGetRecentErrMsg();
  return kOk;
}

FAKE_EXPORT const char* aclrtGetSocName() {
  return machine().initialised ? machine().soc.c_str() : nullptr;
}

FAKE_EXPORT Status aclrtGetDeviceCount(std::uint32_t* count) {
  FAKE_ENTER(entered);
  if (count == nullptr) return refuse(kInvalid, "count is null");
  *count = static_cast<std::uint32_t>(machine().devices);
  return kOk;
}

FAKE_EXPORT Status aclrtSetDevice(std::int32_t device) {
  FAKE_ENTER(entered);
  if (const Status bad = check_device(device); bad != kOk) return bad;
  Context& context = machine().contexts[device];
  context.device = device;
  ++context.uses;
  current_context() = &context;
  return kOk;
}

FAKE_EXPORT Status aclrtResetDevice(std::int32_t device) {
  FAKE_ENTER(entered);
  if (const Status bad = check_device(device); bad != kOk) return bad;
  Context& context = machine().contexts[device];
  if (context.uses == 0) return refuse(kRtNoContext, "the device was not set");
  if (context.uses == 1) {
    for (const Stream* stream : machine().streams) {
      if (stream->context == &context) {
        return refuse(kRtInvalid, "a stream of the device was not destroyed");
      }
    }
  }
  --context.uses;
  return kOk;
}

FAKE_EXPORT Status aclrtGetCurrentContext(void** context) {
  FAKE_ENTER(entered_with_device);
  *context = current_context();
  return kOk;
}

FAKE_EXPORT Status aclrtSetCurrentContext(void* context) {
  FAKE_ENTER(entered);
  auto* const asked = static_cast<Context*>(context);
  for (auto& [device, known] : machine().contexts) {
    if (&known != asked || known.uses == 0) continue;
    current_context() = asked;
    return kOk;
  }
  return refuse(kRtNoContext, "there is no such context");
}

FAKE_EXPORT Status aclrtGetMemInfo(int attribute, std::size_t* free, std::size_t* total) {
  FAKE_ENTER(entered_with_device);
  if (free == nullptr || total == nullptr) return refuse(kInvalid, "a result is null");
  const DeviceMemory& memory = machine().memory;
  const bool hbm = attribute == 1;
  *total = hbm ? memory.capacity() : 0;
  *free = hbm ? memory.capacity() - memory.used(current_context()->device) : 0;
  return kOk;
}

FAKE_EXPORT Status aclrtMalloc(void** address, std::size_t bytes, int policy) {
  FAKE_ENTER(entered_with_device);
  if (address == nullptr || bytes == 0 || policy < 0) return refuse(kInvalid, "nothing to give");
  *address = machine().memory.allocate(current_context()->device, bytes);
  if (*address == nullptr) {
    return refuse(kRtNoMemory, fmt::format("{} bytes are not free on the device", bytes));
  }
  return kOk;
}

FAKE_EXPORT Status aclrtFree(void* address) {
  FAKE_ENTER(entered_with_device);
  const std::string why_not = machine().memory.free(address);
  return why_not.empty() ? kOk : refuse(kRtInvalid, why_not);
}

FAKE_EXPORT Status aclrtMallocHost(void** address, std::size_t bytes) {
  FAKE_ENTER(entered_with_device);
  if (address == nullptr || bytes == 0) return refuse(kInvalid, "nothing to give");
  *address = std::malloc(bytes);
  if (*address == nullptr) return refuse(kRtNoMemory, "no memory left on the host");
  machine().pinned[*address] = bytes;
  return kOk;
}

FAKE_EXPORT Status aclrtFreeHost(void* address) {
  FAKE_ENTER(entered_with_device);
  if (machine().pinned.erase(address) == 0) {
    return refuse(kRtInvalid, "this is no memory of aclrtMallocHost, or it was freed");
  }
  std::free(address);
  return kOk;
}

FAKE_EXPORT Status aclrtMemset(void* address, std::size_t room, std::int32_t value,
                               std::size_t bytes) {
  FAKE_ENTER(entered_with_device);
  DeviceMemory::Place place;
  if (bytes > room) return refuse(kRtInvalid, "more bytes than there is room");
  if (const Status bad = place_of(address, room, place); bad != kOk) return bad;
  std::memset(place.data, value, bytes);
  return kOk;
}

FAKE_EXPORT Status aclrtMemsetAsync(void* address, std::size_t room, std::int32_t value,
                                    std::size_t bytes, void* stream) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_stream(stream); bad != kOk) return bad;
  DeviceMemory::Place place;
  if (bytes > room) return refuse(kRtInvalid, "more bytes than there is room");
  if (const Status bad = place_of(address, room, place); bad != kOk) return bad;
  static_cast<Stream*>(stream)->queue.push([address, value, bytes] {
    const auto now = machine().memory.find(address, bytes);
    if (now.data != nullptr) std::memset(now.data, value, bytes);
    machine().cache.write(address, bytes);
    return now.why_not;
  });
  return kOk;
}

FAKE_EXPORT Status aclrtMemcpy(void* to, std::size_t room, const void* from, std::size_t bytes,
                               int kind) {
  FAKE_ENTER(entered_with_device);
  Copy copy;
  if (const Status bad = plan_copy(to, room, from, bytes, kind, copy); bad != kOk) return bad;
  std::memcpy(copy.to, copy.from, bytes);
  return kOk;
}

FAKE_EXPORT Status aclrtMemcpyAsync(void* to, std::size_t room, const void* from, std::size_t bytes,
                                    int kind, void* stream) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_stream(stream); bad != kOk) return bad;
  Copy copy;
  if (const Status bad = plan_copy(to, room, from, bytes, kind, copy); bad != kOk) return bad;
  // With memory of the host that is not page-locked, the call waits until the copy is done.
  const void* const host = kind == 1 ? from : to;
  auto& queue = static_cast<Stream*>(stream)->queue;
  if (kind != 3 && !machine().pinned.contains(const_cast<void*>(host))) {
    const std::string wrong = queue.drain();
    if (!wrong.empty()) return refuse(kRtAiCoreException, wrong);
    std::memcpy(copy.to, copy.from, bytes);
    return kOk;
  }
  queue.push([to, from, bytes, kind] {
    Copy now;
    if (plan_copy(to, bytes, from, bytes, kind, now) != kOk) {
      return std::string(aclGetRecentErrMsg());
    }
    if (kind == 3) machine().last_copy.begin(machine().cache, to, from, bytes);
    std::memcpy(now.to, now.from, bytes);
    return std::string();
  });
  return kOk;
}

FAKE_EXPORT Status aclrtCreateStream(void** stream) {
  FAKE_ENTER(entered_with_device);
  auto* const made = new Stream;
  made->context = current_context();
  machine().streams.insert(made);
  *stream = made;
  return kOk;
}

FAKE_EXPORT Status aclrtDestroyStream(void* stream) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_stream(stream); bad != kOk) return bad;
  auto* const known = static_cast<Stream*>(stream);
  if (!known->queue.idle())
    return refuse(kRtInvalid, "the stream has work, and was not waited for");
  machine().streams.erase(known);
  delete known;
  return kOk;
}

FAKE_EXPORT Status aclrtSynchronizeStream(void* stream) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_stream(stream); bad != kOk) return bad;
  const std::string wrong = static_cast<Stream*>(stream)->queue.drain();
  return wrong.empty() ? kOk : refuse(kRtAiCoreException, wrong);
}

FAKE_EXPORT Status aclrtCreateEvent(void** event) {
  FAKE_ENTER(entered_with_device);
  auto* const made = new Event;
  machine().events.insert(made);
  *event = made;
  return kOk;
}

namespace {

Status check_event(void* event) {
  if (machine().events.contains(static_cast<Event*>(event))) return kOk;
  return refuse(kRtInvalid, "there is no such event");
}

}  // namespace

FAKE_EXPORT Status aclrtDestroyEvent(void* event) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_event(event); bad != kOk) return bad;
  machine().events.erase(static_cast<Event*>(event));
  delete static_cast<Event*>(event);
  return kOk;
}

FAKE_EXPORT Status aclrtRecordEvent(void* event, void* stream) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_event(event); bad != kOk) return bad;
  if (const Status bad = check_stream(stream); bad != kOk) return bad;
  auto* const known = static_cast<Event*>(event);
  known->stream = static_cast<Stream*>(stream);
  known->stream->queue.push(known->mark);
  return kOk;
}

FAKE_EXPORT Status aclrtSynchronizeEvent(void* event) {
  FAKE_ENTER(entered_with_device);
  if (const Status bad = check_event(event); bad != kOk) return bad;
  const auto* const known = static_cast<Event*>(event);
  if (!known->mark->placed) return refuse(kRtInvalid, "the event was not recorded");
  const std::string wrong = known->stream->queue.drain(known->mark.get());
  return wrong.empty() ? kOk : refuse(kRtAiCoreException, wrong);
}

FAKE_EXPORT Status aclrtEventElapsedTime(float* milliseconds, void* begin, void* end) {
  FAKE_ENTER(entered_with_device);
  for (void* const event : {begin, end}) {
    if (const Status bad = check_event(event); bad != kOk) return bad;
    if (!static_cast<Event*>(event)->mark->reached) {
      return refuse(kRtEventNotComplete, "an event has not come to pass");
    }
  }
  const auto span = static_cast<Event*>(end)->mark->at - static_cast<Event*>(begin)->mark->at;
  *milliseconds = std::chrono::duration<float, std::milli>(span).count();
  return kOk;
}
