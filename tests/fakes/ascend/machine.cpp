#include "tests/fakes/ascend/machine.h"

#include <fmt/format.h>

namespace assay::fakes::ascend {
namespace {

thread_local std::string recent;

Status meant(Fault fault, const char* call) {
  const bool operators = std::string_view(call).rfind("aclnn", 0) == 0;
  switch (fault) {
    case Fault::fail:
      return refuse(operators ? kNnRuntime : kFailure,
                    fmt::format("{}: the device failed, as the test asked", call));
    case Fault::out_of_memory:
      return refuse(kRtNoMemory, fmt::format("{}: no memory left, as the test asked", call));
    case Fault::none:
    case Fault::wrong:
      return kOk;
  }
  return kOk;
}

}  // namespace

Machine::Machine()
    : devices(static_cast<int>(number_setting("ASSAY_FAKE_ASCEND_DEVICES", 2))),
      soc(text_setting("ASSAY_FAKE_ASCEND_SOC", "Ascend910_9392")),
      memory(
          static_cast<std::uint64_t>(number_setting("ASSAY_FAKE_MEMORY", std::int64_t{4} << 30))) {}

Machine& machine() {
  // Never destroyed, because it may still be called when the process ends.
  static Machine* const once = new Machine;
  return *once;
}

Context*& current_context() {
  thread_local Context* current = nullptr;
  return current;
}

Status refuse(Status status, const std::string& why) {
  recent = why;
  return status;
}

Status entered(const char* call) {
  if (const Status asked = meant(fault_of(call), call); asked != kOk) return asked;
  if (!machine().initialised) {
    return refuse(kUninitialised, fmt::format("{} before aclInit", call));
  }
  return kOk;
}

Status entered_with_device(const char* call) {
  if (const Status refused = entered(call); refused != kOk) return refused;
  const Context* const context = current_context();
  if (context == nullptr || context->uses == 0) {
    return refuse(kRtNoContext, fmt::format("{}: this thread has no device", call));
  }
  return kOk;
}

Status check_stream(void* stream) {
  if (!machine().streams.contains(static_cast<Stream*>(stream))) {
    return refuse(kRtInvalid, "there is no such stream");
  }
  if (static_cast<Stream*>(stream)->context != current_context()) {
    return refuse(kRtStreamContext, "the stream belongs to another context");
  }
  return kOk;
}

}  // namespace assay::fakes::ascend

using namespace assay::fakes::ascend;

FAKE_EXPORT const char* aclGetRecentErrMsg() {
  static thread_local std::string handed_out;
  handed_out = recent;
  recent.clear();
  return handed_out.c_str();
}
