// The fake Cambricon machine behind the C symbols: devices, queues, notifiers.
//   ASSAY_FAKE_CAMBRICON_DEVICES  how many (1)
//   ASSAY_FAKE_CAMBRICON_NAME     their name ("MLU590 (fake)")
//   ASSAY_FAKE_CAMBRICON_ROUNDS   1: 16-bit products are rounded to 16 bits before they widen
// and those of tests/fakes/common/faults.h, where CALL is a C function's name, or an operator's
// with .run for what happens when the device comes to it: "wrong@cnnlOpTensor.run".
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "tests/fakes/common/cache.h"
#include "tests/fakes/common/device_memory.h"
#include "tests/fakes/common/faults.h"
#include "tests/fakes/common/work_queue.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace assay::fakes::cambricon {

using Status = int;

// Of cnrtRet_t and cnnlStatus_t.
inline constexpr Status kOk = 0, kNoDevice = 100004, kInvalidDevice = 100005, kInvalid = 100006,
                        kInvalidHandle = 100014, kIllegalState = 100015, kNoMemory = 100100,
                        kWrongDevice = 632006, kBadDirection = 632013, kDriverCall = 632015,
                        kNoContext = 632019;
inline constexpr Status kNnNotInitialised = 1, kNnNoMemory = 2, kNnBadParameter = 3,
                        kNnInternal = 4, kNnExecution = 6, kNnNotSupported = 7;

struct Queue {
  int device = 0;
  WorkQueue work;
  std::string broken;  ///< what went wrong in it
};

struct Notifier {
  std::shared_ptr<Mark> mark = std::make_shared<Mark>();
  Queue* queue = nullptr;  ///< in which it was last placed
};

struct Machine {
  std::recursive_mutex mutex;
  int devices = 0;
  std::string name;
  DeviceMemory memory;
  Cache cache;         ///< of all devices; fills and copies go through it
  LastCopy last_copy;  ///< within a device
  std::set<Queue*> queues;
  std::set<Notifier*> notifiers;
  std::set<void*> pinned;  ///< page-locked memory of the host

  Machine();
};

/// Once a process.
Machine& machine();
/// Of the calling thread; -1 before cnrtSetDevice.
int& current_device();

/// What every call of CNRT begins with: faults. kOk to go on.
Status entered(const char* call);
/// The same, and whether the thread has a device.
Status entered_with_device(const char* call);
/// The queue where it exists on the thread's device, else null.
Queue* queue_of(void* queue);

}  // namespace assay::fakes::cambricon

/// Begins a function of CNRT: locks, counts, refuses.
#define FAKE_ENTER(how)                                                   \
  const std::lock_guard lock(::assay::fakes::cambricon::machine().mutex); \
  if (const auto refused = ::assay::fakes::cambricon::how(__func__); refused != 0) return refused
