// Moves between host and device, pinned or pageable, and within the device, by MemcpyAsync.
#include <fmt/format.h>

#include <cstring>
#include <optional>

#include "backends/cudalike/implementation.h"
#include "backends/cudalike/numa.h"
#include "kernels/operation.h"
#include "kernels/transfer/shape.h"

namespace assay::backends::cudalike::library_transfer {

extern const Implementation implementation;

namespace {

using kernels::TransferShape;
using Way = TransferShape::Direction;

class TransferWork final : public Work {
 public:
  TransferWork(const TransferShape& shape, std::span<Buffer* const> buffers, Device& device)
      : shape_(shape),
        bytes_(static_cast<std::uint64_t>(shape.bytes())),
        device_(device),
        from_(buffers[0]->data()),
        to_(buffers[1]->data()),
        output_(*buffers[1]) {
    if (shape.direction == Way::device_to_device) return;
    const NodePreference preference(numa_node(device.description().bus_id));
    host_.emplace(bytes_, shape.pinned);
    node_ = preference.text();
    if (shape.direction == Way::host_to_device) {
      device.download(*buffers[0], 0, host_->data(), bytes_);
      from_ = host_->data();
    } else {
      to_ = host_->data();
    }
  }

  void launch() override { copy_async(to_, from_, bytes_, direction(), device_.stream()); }

  /// A single transfer is measured.
  bool joinable() const override { return false; }

  void bring_back() override {
    if (shape_.direction != Way::device_to_host) return;
    device_.upload(output_, 0, host_->data(), bytes_);
    // Bytes that the next launches do not write must not look right.
    std::memset(host_->data(), 0xff, bytes_);
  }

  std::map<std::string, std::string> details() const override {
    const bool within = shape_.direction == Way::device_to_device;
    std::map<std::string, std::string> all = {
        {"library", platform().runtime_path()},
        {"routine", symbol_names(platform().dialect(), "cudaMemcpyAsync").front()},
        {"memory", within          ? "of the device"
                   : shape_.pinned ? "pinned"
                                   : "pageable"}};
    if (!within) all["memory.node"] = node_;
    return all;
  }

 private:
  Direction direction() const {
    switch (shape_.direction) {
      case Way::host_to_device:
        return Direction::to_device;
      case Way::device_to_host:
        return Direction::to_host;
      case Way::device_to_device:
        break;
    }
    return Direction::on_device;
  }

  TransferShape shape_;
  std::uint64_t bytes_;
  Device& device_;
  const std::byte* from_;
  std::byte* to_;
  Buffer& output_;
  std::optional<HostMemory> host_;
  std::string node_;
};

std::string why_not(const kernels::Problem& problem, Device&) {
  const TransferShape shape = kernels::transfer_shape(problem);
  const RuntimeApi& api = platform().runtime();
  const bool pins = api.host_alloc && api.host_free;
  if (shape.pinned && shape.direction != Way::device_to_device && !pins) {
    return fmt::format("the runtime has no {}", api.host_alloc.name);
  }
  return {};
}

std::unique_ptr<Work> prepare(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                              Device& device) {
  return std::make_unique<TransferWork>(kernels::transfer_shape(problem), buffers, device);
}

}  // namespace

const Implementation implementation = {[](const Dialect&) { return std::string("library/memcpy"); },
                                       "library", "transfer", why_not, prepare};

}  // namespace assay::backends::cudalike::library_transfer
