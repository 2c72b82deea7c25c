#include "tests/fakes/cambricon/machine.h"

namespace assay::fakes::cambricon {

Machine::Machine()
    : devices(static_cast<int>(number_setting("ASSAY_FAKE_CAMBRICON_DEVICES", 1))),
      name(text_setting("ASSAY_FAKE_CAMBRICON_NAME", "MLU590 (pretended)")),
      memory(
          static_cast<std::uint64_t>(number_setting("ASSAY_FAKE_MEMORY", std::int64_t{4} << 30))) {}

Machine& machine() {
  // Never destroyed, because it may still be called when the process ends.
  static Machine* const once = new Machine;
  return *once;
}

int& current_device() {
  thread_local int device = -1;
  return device;
}

Status entered(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return kDriverCall;
    case Fault::out_of_memory:
      return kNoMemory;
    case Fault::none:
    case Fault::wrong:
      return kOk;
  }
  return kOk;
}

Status entered_with_device(const char* call) {
  const Status refused = entered(call);
  if (refused != kOk) return refused;
  return current_device() >= 0 ? kOk : kNoContext;
}

Queue* queue_of(void* queue) {
  auto* const asked = static_cast<Queue*>(queue);
  const bool known = machine().queues.contains(asked) && asked->device == current_device();
  return known ? asked : nullptr;
}

}  // namespace assay::fakes::cambricon
