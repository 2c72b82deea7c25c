// An open device, as backends/sdk/module.h asks for one.
#pragma once

#include <optional>

#include "backends/ascend/dcmi.h"
#include "backends/ascend/implementation.h"
#include "backends/queue_ways.h"

namespace assay::backends::ascend {

class Device : public ProblemDevice<Device, Session> {
 public:
  explicit Device(std::uint32_t index)
      : ProblemDevice(index), seat_(seat_of(runtime().dcmi, index)) {}

  static std::span<const Implementation* const> ways() { return ascend::implementations(); }
  std::uint64_t memory_available() {
    session()->enter();
    const MemoryOfDevice memory = memory_of_current_device(session()->acl());
    if (memory.total == 0) throw sdk::Failure(ASSAY_UNSUPPORTED, "aclrtGetMemInfo tells nothing");
    return memory.free;
  }
  sdk::Readings sensors() { return seat_ ? read_sensors(runtime().dcmi, *seat_) : sdk::Readings(); }

 private:
  std::optional<Seat> seat_;
};

}  // namespace assay::backends::ascend
