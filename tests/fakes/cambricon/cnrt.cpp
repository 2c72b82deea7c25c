// CNRT's calls, and the driver's about names.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fakes/cambricon/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cambricon;

namespace {

Status place_of(void* address, std::size_t bytes, std::byte*& data) {
  const auto place = machine().memory.find(address, bytes);
  data = place.data;
  if (place.data == nullptr) return kInvalid;
  return place.device == current_device() ? kOk : kWrongDevice;
}

/// Host memory is anything that is no device address.
Status end_of_copy(void* address, std::size_t bytes, bool on_device, std::byte*& data) {
  if (on_device) return place_of(address, bytes, data);
  data = static_cast<std::byte*>(address);
  return address == nullptr || machine().memory.is_device_address(address) ? kInvalid : kOk;
}

struct Copy {
  std::byte *to = nullptr, *from = nullptr;
};

/// cnrtMemTransDir_t: 0 host to device, 1 on the device, 2 device to host.
Status plan_copy(void* to, void* from, std::size_t bytes, int direction, Copy& copy) {
  if (direction < 0 || direction > 2) return kBadDirection;
  if (bytes == 0) return kInvalid;
  if (const Status bad = end_of_copy(to, bytes, direction != 2, copy.to); bad != kOk) return bad;
  return end_of_copy(from, bytes, direction != 0, copy.from);
}

Status drained(Queue& queue, const Mark* until) {
  const std::string wrong = queue.work.drain(until);
  if (queue.broken.empty()) queue.broken = wrong;
  return queue.broken.empty() ? kOk : kDriverCall;
}

Notifier* notifier_of(void* notifier) {
  auto* const asked = static_cast<Notifier*>(notifier);
  return machine().notifiers.contains(asked) ? asked : nullptr;
}

}  // namespace

FAKE_EXPORT Status cnrtGetDeviceCount(unsigned int* count) {
  FAKE_ENTER(entered);
  if (count == nullptr) return kInvalid;
  *count = static_cast<unsigned int>(machine().devices);
  return machine().devices > 0 ? kOk : kNoDevice;
}

FAKE_EXPORT Status cnrtSetDevice(int device) {
  FAKE_ENTER(entered);
  if (device < 0 || device >= machine().devices) return kInvalidDevice;
  current_device() = device;
  return kOk;
}

FAKE_EXPORT const char* cnrtGetErrorStr(Status status) {
  switch (status) {
    case kOk:
      return "cnrtSuccess";
    case kNoDevice:
      return "cnrtErrorNoDevice";
    case kNoMemory:
      return "cnrtErrorNoMem";
    case kDriverCall:
      return "cnrtErrorCndrvFuncCall";
    case kNoContext:
      return "cnrtErrorNoCnrtContext";
    default:
      return "cnrtErrorArgsInvalid";
  }
}

FAKE_EXPORT Status cnrtDeviceGetAttribute(int* value, int attribute, int device) {
  FAKE_ENTER(entered);
  if (device < 0 || device >= machine().devices) return kInvalidDevice;
  switch (attribute) {
    case 0x07:
      *value = 1;
      return kOk;
    case 0x205:
      *value = 8;
      return kOk;
    case 0x206:
      *value = 4;
      return kOk;
    case 0x301:
      *value = 1 << 20;
      return kOk;
    case 0x402:
      *value = 1000000;
      return kOk;
    case 0x405:
      *value = static_cast<int>(machine().memory.capacity() >> 20);
      return kOk;
    default:
      return kInvalid;
  }
}

FAKE_EXPORT Status cnrtDeviceGetPCIBusId(char* bus, int length, int device) {
  FAKE_ENTER(entered);
  if (device < 0 || device >= machine().devices) return kInvalidDevice;
  std::snprintf(bus, static_cast<std::size_t>(length), "0000:%02x:00.0", device + 1);
  return kOk;
}

FAKE_EXPORT Status cnrtGetLibVersion(int* major, int* minor, int* patch) {
  *major = 6, *minor = 14, *patch = 1;
  return kOk;
}

FAKE_EXPORT Status cnrtMemGetInfo(std::size_t* free, std::size_t* total) {
  FAKE_ENTER(entered_with_device);
  *total = machine().memory.capacity();
  *free = *total - machine().memory.used(current_device());
  return kOk;
}

FAKE_EXPORT Status cnrtMalloc(void** address, std::size_t bytes) {
  FAKE_ENTER(entered_with_device);
  if (address == nullptr || bytes == 0) return kInvalid;
  *address = machine().memory.allocate(current_device(), bytes);
  return *address == nullptr ? kNoMemory : kOk;
}

FAKE_EXPORT Status cnrtFree(void* address) {
  FAKE_ENTER(entered_with_device);
  return machine().memory.free(address).empty() ? kOk : kInvalid;
}

FAKE_EXPORT Status cnrtHostMalloc(void** address, std::size_t bytes) {
  FAKE_ENTER(entered_with_device);
  if (address == nullptr || bytes == 0) return kInvalid;
  *address = std::malloc(bytes);
  if (*address == nullptr) return kNoMemory;
  machine().pinned.insert(*address);
  return kOk;
}

FAKE_EXPORT Status cnrtFreeHost(void* address) {
  FAKE_ENTER(entered_with_device);
  if (machine().pinned.erase(address) == 0) return kInvalid;
  std::free(address);
  return kOk;
}

FAKE_EXPORT Status cnrtMemset(void* address, int value, std::size_t bytes) {
  FAKE_ENTER(entered_with_device);
  std::byte* data = nullptr;
  if (const Status bad = place_of(address, bytes, data); bad != kOk) return bad;
  std::memset(data, value, bytes);
  return kOk;
}

FAKE_EXPORT Status cnrtMemsetAsync(void* address, int value, std::size_t bytes, void* queue) {
  FAKE_ENTER(entered_with_device);
  std::byte* data = nullptr;
  Queue* const known = queue_of(queue);
  if (known == nullptr) return kInvalidHandle;
  if (const Status bad = place_of(address, bytes, data); bad != kOk) return bad;
  known->work.push([address, value, bytes] {
    const auto now = machine().memory.find(address, bytes);
    if (now.data != nullptr) std::memset(now.data, value, bytes);
    machine().cache.write(address, bytes);
    return now.why_not;
  });
  return kOk;
}

FAKE_EXPORT Status cnrtMemcpy(void* to, void* from, std::size_t bytes, int direction) {
  FAKE_ENTER(entered_with_device);
  Copy copy;
  if (const Status bad = plan_copy(to, from, bytes, direction, copy); bad != kOk) return bad;
  std::memcpy(copy.to, copy.from, bytes);
  return kOk;
}

FAKE_EXPORT Status cnrtMemcpyAsync(void* to, void* from, std::size_t bytes, void* queue,
                                   int direction) {
  FAKE_ENTER(entered_with_device);
  Queue* const known = queue_of(queue);
  if (known == nullptr) return kInvalidHandle;
  Copy copy;
  if (const Status bad = plan_copy(to, from, bytes, direction, copy); bad != kOk) return bad;
  known->work.push([=] {
    Copy now;
    if (plan_copy(to, from, bytes, direction, now) != kOk) return std::string("memory is gone");
    if (direction == 1) machine().last_copy.begin(machine().cache, to, from, bytes);
    std::memcpy(now.to, now.from, bytes);
    return std::string();
  });
  return kOk;
}

#ifndef ASSAY_FAKE_BEFORE_V2
FAKE_EXPORT Status cnrtMemcpyAsync_V2(void* to, void* from, std::size_t bytes, void* queue,
                                      int direction) {
  FAKE_ENTER(entered_with_device);
  return cnrtMemcpyAsync(to, from, bytes, queue, direction);
}
#endif

FAKE_EXPORT Status cnrtQueueCreate(void** queue) {
  FAKE_ENTER(entered_with_device);
  auto* const made = new Queue;
  made->device = current_device();
  machine().queues.insert(made);
  *queue = made;
  return kOk;
}

FAKE_EXPORT Status cnrtQueueDestroy(void* queue) {
  FAKE_ENTER(entered_with_device);
  Queue* const known = queue_of(queue);
  if (known == nullptr) return kInvalidHandle;
  if (!known->work.idle()) return kIllegalState;
  machine().queues.erase(known);
  delete known;
  return kOk;
}

FAKE_EXPORT Status cnrtQueueSync(void* queue) {
  FAKE_ENTER(entered_with_device);
  Queue* const known = queue_of(queue);
  return known == nullptr ? kInvalidHandle : drained(*known, nullptr);
}

FAKE_EXPORT Status cnrtNotifierCreate(void** notifier) {
  FAKE_ENTER(entered_with_device);
  auto* const made = new Notifier;
  machine().notifiers.insert(made);
  *notifier = made;
  return kOk;
}

FAKE_EXPORT Status cnrtNotifierDestroy(void* notifier) {
  FAKE_ENTER(entered_with_device);
  Notifier* const known = notifier_of(notifier);
  if (known == nullptr) return kInvalidHandle;
  machine().notifiers.erase(known);
  delete known;
  return kOk;
}

FAKE_EXPORT Status cnrtPlaceNotifier(void* notifier, void* queue) {
  FAKE_ENTER(entered_with_device);
  Notifier* const known = notifier_of(notifier);
  Queue* const in = queue_of(queue);
  if (known == nullptr || in == nullptr) return kInvalidHandle;
  known->queue = in;
  in->work.push(known->mark);
  return kOk;
}

FAKE_EXPORT Status cnrtWaitNotifier(void* notifier) {
  FAKE_ENTER(entered_with_device);
  Notifier* const known = notifier_of(notifier);
  if (known == nullptr) return kInvalidHandle;
  if (!known->mark->placed) return kIllegalState;
  return drained(*known->queue, known->mark.get());
}

FAKE_EXPORT Status cnrtNotifierDuration(void* begin, void* end, float* microseconds) {
  FAKE_ENTER(entered_with_device);
  const Notifier *const first = notifier_of(begin), *const last = notifier_of(end);
  if (first == nullptr || last == nullptr) return kInvalidHandle;
  if (!first->mark->reached || !last->mark->reached) return kIllegalState;
  const auto span = last->mark->at - first->mark->at;
  *microseconds = std::chrono::duration<float, std::micro>(span).count();
  return kOk;
}

FAKE_EXPORT Status cnrtDriverGetVersion(int* major, int* minor, int* patch) {
  *major = 5, *minor = 10, *patch = 0;
  return kOk;
}

FAKE_EXPORT Status cnInit(unsigned int) {
  return kOk;
}

FAKE_EXPORT Status cnDeviceGet(std::int64_t* device, int ordinal) {
  *device = ordinal;
  return ordinal < machine().devices ? kOk : kInvalidDevice;
}

FAKE_EXPORT Status cnDeviceGetName(char* name, int length, std::int64_t) {
  std::snprintf(name, static_cast<std::size_t>(length), "%s", machine().name.c_str());
  return kOk;
}

FAKE_EXPORT void assay_fake_cambricon_last_copy(LastCopy* out) {
  *out = machine().last_copy;
}

FAKE_EXPORT std::size_t assay_fake_cambricon_allocations(int device) {
  return machine().memory.live(device);
}
