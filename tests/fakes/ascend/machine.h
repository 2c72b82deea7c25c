// The fake Ascend machine behind the C symbols: devices, contexts, streams, errors.
//   ASSAY_FAKE_ASCEND_DEVICES     how many (2)
//   ASSAY_FAKE_ASCEND_SOC         their name ("Ascend910_9392")
//   ASSAY_FAKE_ASCEND_VERSION     CANN's version ("8.1.RC1 (fake)")
//   ASSAY_FAKE_ASCEND_DCMI        0: the management interface may not be used
//   ASSAY_FAKE_ASCEND_BOTH_POWER  1: a package's power is reported for its second die too
//   ASSAY_FAKE_ASCEND_REPEATABLE  0: no executor can be reused
//   ASSAY_FAKE_ASCEND_STATUS      a call that answers another status: "aclnnAdd=561002"
//   ASSAY_FAKE_ASCEND_ROUNDS      1: 16-bit products are rounded to 16 bits before they widen
// ASCEND_OPP_PATH and ASCEND_RT_VISIBLE_DEVICES mean what they mean to CANN; and the variables of
// tests/fakes/common/faults.h, where CALL is a C function's name, or an operator's
// with .run for what happens when the device comes to it: "wrong@aclnnMm.run". For the tests,
// assay_fake_ascend_allocations(DEVICE) and assay_fake_ascend_objects() count what is not freed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tests/fakes/common/cache.h"
#include "tests/fakes/common/device_memory.h"
#include "tests/fakes/common/faults.h"
#include "tests/fakes/common/work_queue.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace assay::fakes::ascend {

using Status = int;

// Of acl_base.h, rt_error_codes.h and aclnn's list of codes.
inline constexpr Status kOk = 0, kInvalid = 100000, kUninitialised = 100001, kRepeatedInit = 100002,
                        kRtInvalid = 107000, kRtInvalidDevice = 107001, kRtNoContext = 107002,
                        kRtStreamContext = 107003, kRtNoMemory = 207001,
                        kRtEventNotComplete = 507006, kRtAiCoreException = 507015,
                        kFailure = 500001, kNnNull = 161001, kNnInvalid = 161002,
                        kNnRuntime = 361001, kNnInner = 561000, kNnNullExecutor = 561103,
                        kNnOperatorPath = 561107;

struct Context {
  int device = 0;
  int uses = 0;  ///< aclrtSetDevice less aclrtResetDevice; 0 when it is gone
};

struct Stream {
  Context* context = nullptr;
  WorkQueue queue;
};

struct Event {
  std::shared_ptr<Mark> mark = std::make_shared<Mark>();
  Stream* stream = nullptr;  ///< in which it was last recorded
};

struct Machine {
  std::recursive_mutex mutex;
  bool initialised = false;
  /// Numbers of the devices in the driver's order, which ASCEND_RT_VISIBLE_DEVICES leaves.
  std::vector<int> visible;
  int installed = 0;  ///< devices that the driver knows
  int devices = 0;    ///< of them visible
  std::string soc;
  DeviceMemory memory;
  Cache cache;                      ///< of all devices; fills and copies go through it
  LastCopy last_copy;               ///< within a device
  std::map<int, Context> contexts;  ///< the default one of each device
  std::set<Stream*> streams;
  std::set<Event*> events;
  std::map<void*, std::size_t> pinned;  ///< page-locked memory of the host, with its size

  Machine();
};

/// Once a process.
Machine& machine();
Context*& current_context();

/// Keeps the words for aclGetRecentErrMsg and returns the status.
Status refuse(Status status, const std::string& why);

/// What every call begins with: faults, and whether aclInit was called. kOk to go on.
Status entered(const char* call);
/// The same, and whether the thread has a device.
Status entered_with_device(const char* call);
/// The same for an operator's first phase, which needs the operators that ASCEND_OPP_PATH names.
Status entered_operator(const char* call);
/// kOk where the stream exists, and belongs to the thread's context.
Status check_stream(void* stream);

}  // namespace assay::fakes::ascend

FAKE_EXPORT const char* aclGetRecentErrMsg();

/// Begins a function of the C interface: locks, counts, refuses.
#define FAKE_ENTER(how) FAKE_ENTER_AS(how, __func__)
/// The same where only a library of tests/fakes/ascend/versions has the function's own name.
#define FAKE_ENTER_AS(how, call)                                       \
  const std::lock_guard lock(::assay::fakes::ascend::machine().mutex); \
  if (const auto refused = ::assay::fakes::ascend::how(call); refused != 0) return refused
