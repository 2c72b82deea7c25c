// The fake machine behind a CUDA-shaped vendor's C symbols: devices, streams, events, graphs.
//   ASSAY_FAKE_GPUS            how many devices (1)
//   ASSAY_FAKE_CAPABILITY      their compute capability, 10 x major + minor
//   ASSAY_FAKE_VERSION         of the runtime, in the vendor's numbering
//   ASSAY_FAKE_DRIVER_VERSION  of the driver; one older than the runtime finds no device usable
//   ASSAY_FAKE_TOO_NEW         so many runtimes are too new for the driver, the first ones asked
// and those of tests/fakes/common/faults.h, where CALL is a C function's name, or that name with
// .run for what happens when the device comes to it: "wrong@cudaMemcpyAsync.run".
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/common/device_memory.h"
#include "tests/fakes/common/faults.h"
#include "tests/fakes/common/work_queue.h"
#include "tests/fakes/cudalike/device_time.h"
#include "tests/fakes/cudalike/names.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace assay::fakes::cudalike {

using Status = int;

// Of cudaError and CUresult; the copies of CUDA kept these numbers.
inline constexpr Status kOk = 0, kInvalid = 1, kNoMemory = 2, kNotInitialised = 3,
                        kInvalidConfiguration = 9, kBadDirection = 21, kOldDriver = 35,
                        kNoDevice = 100, kInvalidDevice = 101, kInvalidImage = 200,
                        kInvalidContext = 201, kInvalidHandle = 400, kNotFound = 500,
                        kNotReady = 600, kIllegalAddress = 700, kTooManyResources = 701,
                        kLaunchFailure = 719, kCaptureUnsupported = 900, kCaptureInvalidated = 901,
                        kNotCapturing = 904;

struct Stream {
  explicit Stream(int on) : device(on) {}
  int device;
  WorkQueue work;
  bool capturing = false, spoiled = false;
  std::vector<WorkQueue::Work> captured;
};

struct Event {
  Event(int on, bool is_timed) : device(on), timed(is_timed) {}
  int device;
  bool timed;
  std::shared_ptr<Mark> mark = std::make_shared<Mark>();
  Stream* stream = nullptr;  ///< in which it was last recorded
};

struct Graph {
  std::vector<WorkQueue::Work> nodes;
};

struct ExecutableGraph {
  int device = 0;
  std::vector<WorkQueue::Work> nodes;
};

struct Machine {
  std::recursive_mutex mutex;
  int devices = 0, capability = 0, version = 0, driver_version = 0;
  std::atomic<int> too_new = 0;
  DeviceMemory memory;
  Status broken = kOk;  ///< an error of the device stays until the process ends
  Status last = kOk;    ///< for GetLastError
  bool driver_is_up = false, has_context = false;
  std::map<int, std::unique_ptr<Stream>> default_streams;
  std::set<Stream*> streams;
  std::set<Event*> events;
  std::set<Graph*> graphs;
  std::set<ExecutableGraph*> executable_graphs;
  std::map<std::byte*, std::size_t> pinned;
  std::atomic<std::uint64_t> launches = 0;
  DeviceTime time;

  Machine();
};

/// Once a process.
Machine& machine();
/// Of the calling thread; 0 until set, as the vendors' runtimes have it.
int& current_device();

/// What every call of the runtime begins with: faults, and the device's own failure.
Status entered(const char* call);
/// The same for a call that needs a context, and makes one.
Status entered_device(const char* call);
/// The same for a call that no capturing stream of this thread may see.
Status entered_unordered(const char* call);
/// The same for a call of the driver, which needs the context that the runtime makes.
Status entered_context(const char* call);
/// What the vendor says of an error.
const char* words(Status status);
/// Keeps an error for GetLastError.
Status kept(Status status);

/// The stream where it exists on the thread's device, else null. Null names the default stream.
Stream* stream_of(void* stream);
/// Work that returns "" or what went wrong; kept back while the stream is captured.
void push(Stream& stream, WorkQueue::Work work);
/// Does a stream's work, up to the mark where one is given.
Status drained(Stream& stream, const Mark* until = nullptr);

/// Makes `fault` of work that writes to [to, to + 4) happen when the device comes to it.
WorkQueue::Work with_fault(Fault fault, const void* to, WorkQueue::Work work);
/// What lies behind device memory; throws nothing, gives null where it may not be touched.
std::byte* data_at(const void* address, std::uint64_t bytes);

}  // namespace assay::fakes::cudalike

/// Begins a function of the runtime or driver: locks, counts, refuses.
#define FAKE_ENTER(how)                                                           \
  const std::lock_guard lock(::assay::fakes::cudalike::machine().mutex);          \
  if (const auto refused = ::assay::fakes::cudalike::how(__func__); refused != 0) \
  return ::assay::fakes::cudalike::kept(refused)
