// An open device, as backends/sdk/module.h requires it.
#pragma once

#include <optional>

#include "backends/ascend/hccl.h"
#include "backends/ascend/implementation.h"
#include "backends/ascend/placement.h"
#include "backends/shared/queue_ways.h"

namespace assay::backends::ascend {

class Device : public ProblemDevice<Device, Session> {
 public:
  explicit Device(std::uint32_t index) : ProblemDevice(index), seat_(seat_of_device(index)) {}

  static std::span<const Implementation* const> ways() { return ascend::implementations(); }
  std::uint64_t memory_available() {
    session()->enter();
    const MemoryOfDevice memory = memory_of_current_device(session()->acl());
    if (memory.total == 0)
      throw sdk::Failure(ASSAY_UNSUPPORTED, "aclrtGetMemInfo reports no memory");
    return memory.free;
  }
  /// Replaces the check for a single device: this rank's parts may be smaller than the whole.
  void require_buffers(const kernels::Problem& problem, std::span<Memory* const> buffers) {
    backends::require_buffers(problem, buffers, place_ ? place_->rank() : 0);
  }

  /// Null while the device has joined no others.
  const Place* place() const { return place_ ? &*place_ : nullptr; }
  std::vector<std::byte> unique_id() {
    session()->enter();
    return root_information();
  }
  void join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank) {
    session()->enter();
    leave();
    place_.emplace(session(), id, ranks, rank);
  }
  void leave() noexcept { place_.reset(); }

  sdk::Readings sensors() {
    return seat_ ? read_sensors(runtime().dcmi, *seat_, reports_power(*seat_)) : sdk::Readings();
  }

 private:
  std::optional<Seat> seat_;
  std::optional<Place> place_;
};

}  // namespace assay::backends::ascend
