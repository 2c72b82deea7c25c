// The runtime's calls: devices, memory, streams, events.
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <new>

#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

bool is_device(int device) {
  return device >= 0 && device < machine().devices;
}

Event* event_of(void* event) {
  auto* const asked = static_cast<Event*>(event);
  return machine().events.contains(asked) && asked->device == current_device() ? asked : nullptr;
}

bool is_pinned(const void* address, std::size_t bytes) {
  const auto* const asked = static_cast<const std::byte*>(address);
  auto after = machine().pinned.upper_bound(const_cast<std::byte*>(asked));
  if (after == machine().pinned.begin()) return false;
  const auto& [begin, size] = *std::prev(after);
  return asked + bytes <= begin + size;
}

std::string copied(void* to, const void* from, std::size_t bytes, int kind) {
  const void* const source = kind == 1 ? from : data_at(from, bytes);
  void* const target = kind == 2 ? to : data_at(to, bytes);
  if (source == nullptr || target == nullptr) return "memory is gone";
  std::memcpy(target, source, bytes);
  if (kind == 3) machine().time.move(bytes, bytes);
  return "";
}

/// 1 host to device, 2 device to host, 3 on the device. Host memory is anything that is no address
/// of a device.
Status copy_plan(void* to, const void* from, std::size_t bytes, int kind) {
  if (kind < 1 || kind > 3) return kBadDirection;
  const auto wrong = [&](const void* address, bool on_device) {
    if (on_device) return data_at(address, bytes) == nullptr;
    return address == nullptr || machine().memory.is_device_address(address);
  };
  return wrong(to, kind != 2) || wrong(from, kind != 1) ? kInvalid : kOk;
}

Status copy(void* to, const void* from, std::size_t bytes, int kind, Stream* stream, Fault fault) {
  if (stream == nullptr) return kInvalidHandle;
  if (bytes == 0) return kOk;
  if (const Status bad = copy_plan(to, from, bytes, kind); bad != kOk) return bad;
  if (fault == Fault::wrong && kind == 2) {
    // The host's memory is where the wrong byte goes.
    push(*stream, [=] {
      const std::string why = copied(to, from, bytes, kind);
      *static_cast<unsigned char*>(to) ^= 0xff;
      return why;
    });
    return kOk;
  }
  // Host memory that is not page-locked is staged: read before the call returns, or written
  // before it does.
  if (kind == 1 && !is_pinned(from, bytes)) {
    const auto* const bytes_of = static_cast<const std::byte*>(from);
    auto staged = std::make_shared<std::vector<std::byte>>(bytes_of, bytes_of + bytes);
    push(*stream,
         with_fault(fault, to, [=] { return copied(to, staged->data(), staged->size(), kind); }));
    return kOk;
  }
  push(*stream, with_fault(fault, to, [=] { return copied(to, from, bytes, kind); }));
  return kind == 2 && !is_pinned(to, bytes) && !stream->capturing ? drained(*stream) : kOk;
}

}  // namespace

FAKE_EXPORT Status RUNTIME(GetDeviceCount)(int* count) {
  FAKE_ENTER(entered);
  if (count == nullptr) return kept(kInvalid);
  *count = 0;
  if (machine().driver_version < machine().version) return kept(kOldDriver);
  if (machine().too_new-- > 0) return kept(kOldDriver);
  *count = machine().devices;
  return kept(machine().devices > 0 ? kOk : kNoDevice);
}

FAKE_EXPORT const char* RUNTIME(GetErrorString)(Status status) {
  return words(status);
}

FAKE_EXPORT Status RUNTIME(GetLastError)() {
  const std::lock_guard lock(machine().mutex);
  return std::exchange(machine().last, machine().broken);
}

FAKE_EXPORT Status RUNTIME(RuntimeGetVersion)(int* version) {
  if (version == nullptr) return kept(kInvalid);
  *version = machine().version;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(DriverGetVersion)(int* version) {
  if (version == nullptr) return kept(kInvalid);
  *version = machine().driver_version;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(SetDevice)(int device) {
  FAKE_ENTER(entered_device);
  if (!is_device(device)) return kept(kInvalidDevice);
  current_device() = device;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(DeviceGetAttribute)(int* value, int attribute, int device) {
  FAKE_ENTER(entered);
  using A = Attributes;
  if (value == nullptr || attribute < 0) return kept(kInvalid);
  if (!is_device(device)) return kept(kInvalidDevice);
  const std::pair<int, int> known[] = {{A::threads, 1024},
                                       {A::local, kLocalFree},
                                       {A::subgroup, kSubgroup},
                                       {A::clock, 1'400'000},
                                       {A::units, 8},
                                       {A::memory_clock, 1'000'000},
                                       {A::bus, 256},
                                       {A::cache, static_cast<int>(kCacheBytes)},
                                       {A::major, machine().capability / 10},
                                       {A::minor, machine().capability % 10},
                                       {A::local_opt_in, kLocalMost}};
  for (const auto& [number, meaning] : known) {
    if (number != attribute) continue;
    *value = meaning;
    return kOk;
  }
  return kept(kInvalid);
}

FAKE_EXPORT Status RUNTIME(DeviceGetPCIBusId)(char* bus, int length, int device) {
  FAKE_ENTER(entered);
  if (bus == nullptr || length < 13) return kept(kInvalid);
  if (!is_device(device)) return kept(kInvalidDevice);
  std::snprintf(bus, static_cast<std::size_t>(length), "0000:%02x:00.0", device + 1);
  return kOk;
}

FAKE_EXPORT Status RUNTIME(MemGetInfo)(std::size_t* free, std::size_t* total) {
  FAKE_ENTER(entered_device);
  *total = machine().memory.capacity();
  *free = *total - machine().memory.used(current_device());
  return kOk;
}

FAKE_EXPORT Status FAKE_MALLOC(void** address, std::size_t bytes) {
  FAKE_ENTER(entered_unordered);
  if (address == nullptr) return kept(kInvalid);
  *address = nullptr;
  if (bytes == 0) return kOk;
  *address = machine().memory.allocate(current_device(), bytes);
  return kept(*address == nullptr ? kNoMemory : kOk);
}

FAKE_EXPORT Status RUNTIME(Free)(void* address) {
  FAKE_ENTER(entered_unordered);
  if (address == nullptr) return kOk;
  // It waits for the device, as the vendors' do.
  drained(*stream_of(nullptr));
  for (Stream* stream : machine().streams) {
    if (stream->device == current_device()) drained(*stream);
  }
  return kept(machine().memory.free(address).empty() ? machine().broken : kInvalid);
}

FAKE_EXPORT Status FAKE_HOST_ALLOC(void** address, std::size_t bytes, unsigned flags) {
  FAKE_ENTER(entered_unordered);
  if (address == nullptr || bytes == 0 || flags > 15) return kept(kInvalid);
  int policy = 0;
  if (syscall(SYS_get_mempolicy, &policy, nullptr, 0, nullptr, 0) == 0 && policy != 0) {
    fault_of("memory of the host by a policy");
  }
  auto* const made = new (std::align_val_t{4096}, std::nothrow) std::byte[bytes];
  if (made == nullptr) return kept(kNoMemory);
  machine().pinned.emplace(made, bytes);
  *address = made;
  return kOk;
}

FAKE_EXPORT Status FAKE_HOST_FREE(void* address) {
  FAKE_ENTER(entered_unordered);
  auto* const asked = static_cast<std::byte*>(address);
  if (machine().pinned.erase(asked) == 0) return kept(kInvalid);
  ::operator delete[](asked, std::align_val_t{4096});
  return kOk;
}

#ifdef FAKE_STREAM_BEFORE_KIND
FAKE_EXPORT Status RUNTIME(MemcpyAsync)(void* to, const void* from, std::size_t bytes, void* stream,
                                        int kind) {
#else
FAKE_EXPORT Status RUNTIME(MemcpyAsync)(void* to, const void* from, std::size_t bytes, int kind,
                                        void* stream) {
#endif
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER(entered_device);
  return kept(copy(to, from, bytes, kind, stream_of(stream), fault));
}

FAKE_EXPORT Status RUNTIME(MemsetAsync)(void* address, int value, std::size_t bytes, void* stream) {
  FAKE_ENTER(entered_device);
  Stream* const known = stream_of(stream);
  if (known == nullptr) return kept(kInvalidHandle);
  if (bytes == 0) return kOk;
  if (data_at(address, bytes) == nullptr) return kept(kInvalid);
  push(*known, [address, value, bytes] {
    std::byte* const data = data_at(address, bytes);
    if (data == nullptr) return std::string("memory is gone");
    std::memset(data, value, bytes);
    machine().time.move(0, bytes);
    return std::string();
  });
#ifdef ASSAY_FAKE_MEMSET_WAITS
  return kept(known->capturing ? kCaptureUnsupported : drained(*known));
#else
  return kOk;
#endif
}

FAKE_EXPORT Status RUNTIME(StreamCreateWithFlags)(void** stream, unsigned flags) {
  FAKE_ENTER(entered_unordered);
  if (stream == nullptr || flags > 1) return kept(kInvalid);
  auto* const made = new Stream(current_device());
  machine().streams.insert(made);
  *stream = made;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(StreamSynchronize)(void* stream) {
  FAKE_ENTER(entered_unordered);
  Stream* const known = stream_of(stream);
  return kept(known == nullptr ? kInvalidHandle : drained(*known));
}

FAKE_EXPORT Status RUNTIME(StreamDestroy)(void* stream) {
  FAKE_ENTER(entered_unordered);
  Stream* const known = stream == nullptr ? nullptr : stream_of(stream);
  if (known == nullptr) return kept(kInvalidHandle);
  const Status status = drained(*known);
  for (Event* event : machine().events) {
    if (event->stream == known) event->stream = nullptr;
  }
  machine().streams.erase(known);
  delete known;
  return kept(status);
}

FAKE_EXPORT Status RUNTIME(EventCreateWithFlags)(void** event, unsigned flags) {
  FAKE_ENTER(entered_device);
  constexpr unsigned kNoTiming = 2;
  if (event == nullptr || flags > 7) return kept(kInvalid);
  auto* const made = new Event(current_device(), (flags & kNoTiming) == 0);
  machine().events.insert(made);
  *event = made;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(EventDestroy)(void* event) {
  FAKE_ENTER(entered_device);
  Event* const known = event_of(event);
  if (known == nullptr) return kept(kInvalidHandle);
  machine().events.erase(known);
  delete known;
  return kOk;
}

FAKE_EXPORT Status RUNTIME(EventRecord)(void* event, void* stream) {
  FAKE_ENTER(entered_device);
  Event* const known = event_of(event);
  Stream* const in = stream_of(stream);
  if (known == nullptr || in == nullptr) return kept(kInvalidHandle);
  if (in->capturing) return kept(kCaptureUnsupported);  // as a node it would give no time
  // An earlier record of it in this queue keeps a mark of its own.
  known->mark = std::make_shared<Mark>();
  known->stream = in;
  *known->mark = {true, false, {}};
  in->work.push([mark = known->mark] {
    mark->reached = true;
    mark->at = machine().time.now();
    if (machine().time.counted()) machine().time.pass(kEventSeconds);
    return std::string();
  });
  return kOk;
}

FAKE_EXPORT Status RUNTIME(EventSynchronize)(void* event) {
  FAKE_ENTER(entered_unordered);
  Event* const known = event_of(event);
  if (known == nullptr) return kept(kInvalidHandle);
  if (!known->mark->placed || known->stream == nullptr) return kOk;
  return kept(drained(*known->stream, known->mark.get()));
}

FAKE_EXPORT Status RUNTIME(EventElapsedTime)(float* milliseconds, void* begin, void* end) {
  FAKE_ENTER(entered);
  const Event *const first = event_of(begin), *const last = event_of(end);
  if (milliseconds == nullptr) return kept(kInvalid);
  if (first == nullptr || last == nullptr || !first->timed || !last->timed ||
      !first->mark->placed || !last->mark->placed) {
    return kept(kInvalidHandle);
  }
  if (!first->mark->reached || !last->mark->reached) return kept(kNotReady);
  *milliseconds =
      std::chrono::duration<float, std::milli>(last->mark->at - first->mark->at).count();
  return kOk;
}

#ifdef FAKE_RESET_PERSISTING
FAKE_EXPORT Status FAKE_RESET_PERSISTING() {
  FAKE_ENTER(entered_device);
  machine().time.reset_persisting();
  return kOk;
}
#endif

/// For the tests: how often a call was made, by its C name or by what is said of it elsewhere.
FAKE_EXPORT int assay_fake_gpu_calls(const char* name) {
  return calls_of(name);
}
FAKE_EXPORT void assay_fake_gpu_persist() {
  machine().time.persist();
}
/// For the tests: what was not given back.
FAKE_EXPORT std::size_t assay_fake_gpu_allocations(int device) {
  const std::lock_guard lock(machine().mutex);
  return machine().memory.live(device);
}
FAKE_EXPORT std::size_t assay_fake_gpu_handles() {
  const std::lock_guard lock(machine().mutex);
  return machine().streams.size() + machine().events.size() + machine().graphs.size() +
         machine().executable_graphs.size() + machine().pinned.size();
}
