#include "tests/fakes/cudalike/machine.h"

#include <fmt/format.h>

namespace assay::fakes::cudalike {
namespace {

bool this_thread_captures() {
  for (const Stream* stream : machine().streams) {
    if (stream->capturing) return true;
  }
  return false;
}

int setting(const char* variable, int fallback) {
  return static_cast<int>(number_setting(variable, fallback));
}

}  // namespace

Machine::Machine()
    : devices(setting("ASSAY_FAKE_GPUS", 1)),
      capability(setting("ASSAY_FAKE_CAPABILITY", ASSAY_FAKE_CAPABILITY)),
      version(setting("ASSAY_FAKE_VERSION", kVersion)),
      driver_version(setting("ASSAY_FAKE_DRIVER_VERSION", version)),
      too_new(setting("ASSAY_FAKE_TOO_NEW", 0)),
      memory(
          static_cast<std::uint64_t>(number_setting("ASSAY_FAKE_MEMORY", std::int64_t{4} << 30))) {}

Machine& machine() {
  // Never destroyed, because it may still be called when the process ends.
  static Machine* const once = new Machine;
  return *once;
}

int& current_device() {
  thread_local int device = 0;
  return device;
}

Status entered(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return kLaunchFailure;
    case Fault::out_of_memory:
      return kNoMemory;
    case Fault::none:
    case Fault::wrong:
      return machine().broken;
  }
  return kOk;
}

Status entered_device(const char* call) {
  if (const Status refused = entered(call); refused != kOk) return refused;
  if (machine().devices == 0) return kNoDevice;
  machine().has_context = true;
  return kOk;
}

Status entered_unordered(const char* call) {
  if (const Status refused = entered_device(call); refused != kOk) return refused;
  if (!this_thread_captures()) return kOk;
  for (Stream* stream : machine().streams) stream->spoiled |= stream->capturing;
  return kCaptureUnsupported;
}

Status entered_context(const char* call) {
  if (const Status refused = entered(call); refused != kOk) return refused;
  return machine().has_context ? kOk : kInvalidContext;
}

const char* words(Status status) {
  switch (status) {
    case kOk:
      return "no error";
    case kInvalid:
      return "invalid argument";
    case kNoMemory:
      return "out of memory";
    case kNotInitialised:
      return "initialization error";
    case kBadDirection:
      return "invalid copy direction for memcpy";
    case kOldDriver:
      return "driver version is insufficient for runtime version";
    case kNoDevice:
      return "no capable device is detected";
    case kInvalidDevice:
      return "invalid device ordinal";
    case kInvalidImage:
      return "device kernel image is invalid";
    case kInvalidContext:
      return "invalid device context";
    case kNotFound:
      return "named symbol not found";
    case kTooManyResources:
      return "too many resources requested for launch";
    case kInvalidHandle:
      return "invalid resource handle";
    case kNotReady:
      return "device not ready";
    case kIllegalAddress:
      return "an illegal memory access was encountered";
    case kLaunchFailure:
      return "unspecified launch failure";
    case kCaptureUnsupported:
      return "operation not permitted when stream is capturing";
    case kCaptureInvalidated:
      return "operation failed due to a previous error during capture";
    default:
      return "unknown error";
  }
}

Status kept(Status status) {
  if (status != kOk) machine().last = status;
  return status;
}

Stream* stream_of(void* stream) {
  if (stream == nullptr) {
    std::unique_ptr<Stream>& made = machine().default_streams[current_device()];
    if (!made) made = std::make_unique<Stream>(current_device());
    return made.get();
  }
  auto* const asked = static_cast<Stream*>(stream);
  const bool known = machine().streams.contains(asked) && asked->device == current_device();
  return known ? asked : nullptr;
}

void push(Stream& stream, WorkQueue::Work work) {
  if (stream.capturing) {
    stream.captured.push_back(std::move(work));
  } else {
    stream.work.push(std::move(work));
  }
}

Status drained(Stream& stream, const Mark* until) {
  const std::string wrong = stream.work.drain(until);
  if (!wrong.empty() && machine().broken == kOk) {
    machine().broken = wrong == "failed" ? kLaunchFailure : kIllegalAddress;
  }
  return machine().broken;
}

WorkQueue::Work with_fault(Fault fault, const void* to, WorkQueue::Work work) {
  if (fault == Fault::none) return work;
  return [fault, to, work = std::move(work)]() -> std::string {
    if (fault != Fault::wrong) return "failed";
    std::string why = work();
    // Of any type: an element's lowest byte alone might pass for rounding.
    std::byte* const data = data_at(to, 4);
    for (int i = 0; data != nullptr && i < 4; ++i) data[i] ^= std::byte{0xff};
    return why;
  };
}

std::byte* data_at(const void* address, std::uint64_t bytes) {
  return machine().memory.find(address, bytes).data;
}

}  // namespace assay::fakes::cudalike
