// An open device, as backends/sdk/module.h requires it.
#pragma once

#include "backends/cambricon/description.h"
#include "backends/cambricon/implementation.h"
#include "backends/shared/queue_ways.h"

namespace assay::backends::cambricon {

class Device : public ProblemDevice<Device, Session> {
 public:
  using ProblemDevice::ProblemDevice;

  static std::span<const Implementation* const> ways() { return cambricon::implementations(); }
  std::uint64_t memory_available() {
    session()->enter();
    std::size_t free = 0, total = 0;
    check(session()->api().cnrtMemGetInfo(&free, &total), "cnrtMemGetInfo");
    return free;
  }
  sdk::Readings sensors() { return read_sensors(runtime().cndev, bus_id(index())); }
  bool has_bf16() const { return attribute(index(), kHasBf16) != 0; }
};

}  // namespace assay::backends::cambricon
