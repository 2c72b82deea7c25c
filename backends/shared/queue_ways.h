// What modules over one queue share that the kit (sdk/) cannot provide, because it does not know
// kernels: how a problem is read, and the implementations that any runtime has.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backends/sdk/queue_device.h"
#include "backends/sdk/queue_transfer.h"
#include "backends/shared/parsed_problem.h"
#include "kernels/operation.h"
#include "kernels/transfer/shape.h"

namespace assay::backends {

/// A QueueDevice of problems as kernels/ has them.
template <class Self, class Session>
class ProblemDevice : public sdk::QueueDevice<Self, Session, kernels::Problem> {
 public:
  using sdk::QueueDevice<Self, Session, kernels::Problem>::QueueDevice;

  static kernels::Problem parsed(std::string_view text) { return backends::parsed(text); }
  static std::string_view operation_of(const kernels::Problem& problem) {
    return problem.operation().name;
  }
  static void require_buffers(const kernels::Problem& problem,
                              std::span<sdk::QueueMemory<Session>* const> buffers) {
    backends::require_buffers(problem, buffers);
  }
};

inline sdk::Move move_of(const kernels::Problem& problem) {
  using Direction = kernels::TransferShape::Direction;
  const kernels::TransferShape shape = kernels::transfer_shape(problem);
  sdk::Move move{sdk::Direction::device_to_device, shape.pinned,
                 static_cast<std::uint64_t>(shape.bytes())};
  if (shape.direction == Direction::host_to_device) move.direction = sdk::Direction::host_to_device;
  if (shape.direction == Direction::device_to_host) move.direction = sdk::Direction::device_to_host;
  return move;
}

namespace queue_ways {

template <class Device>
std::string always(const kernels::Problem&, Device&) {
  return "";
}

template <class Device, class Session>
std::unique_ptr<sdk::QueueLaunch> copy(const kernels::Problem& problem,
                                       std::span<sdk::QueueMemory<Session>* const> buffers,
                                       Device& device) {
  const auto bytes = problem.operation().operands(problem)[0].bytes();
  return std::make_unique<sdk::QueueTransfer<Session>>(
      device.session(),
      sdk::Move{sdk::Direction::device_to_device, false, static_cast<std::uint64_t>(bytes)},
      *buffers[0], *buffers[1]);
}

template <class Device, class Session>
std::unique_ptr<sdk::QueueLaunch> transfer(const kernels::Problem& problem,
                                           std::span<sdk::QueueMemory<Session>* const> buffers,
                                           Device& device) {
  return std::make_unique<sdk::QueueTransfer<Session>>(device.session(), move_of(problem),
                                                       *buffers[0], *buffers[1]);
}

}  // namespace queue_ways

/// The runtime's own copy of one buffer to another.
template <class Device, class Session>
constexpr sdk::QueueWay<Device, Session, kernels::Problem> copy_way(std::string_view name) {
  return {name, "copy", queue_ways::always<Device>, queue_ways::copy<Device, Session>};
}

/// The runtime's own moves between host and device.
template <class Device, class Session>
constexpr sdk::QueueWay<Device, Session, kernels::Problem> transfer_way(std::string_view name) {
  return {name, "transfer", queue_ways::always<Device>, queue_ways::transfer<Device, Session>};
}

}  // namespace assay::backends
