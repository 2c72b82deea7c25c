// Moves between host and device by aclrtMemcpyAsync. Host memory is page-locked through
// aclrtMallocHost, or not; then the call itself waits (hicann/runtime docs/zh/api_ref/11-03).
#include <cstring>
#include <vector>

#include "backends/ascend/device.h"
#include "kernels/transfer/shape.h"

namespace assay::backends::ascend {

extern const Implementation transfer_acl_implementation;

namespace {

using kernels::TransferShape;
using Direction = TransferShape::Direction;

/// Host memory, page-locked or not, every byte of it written.
class HostMemory {
 public:
  HostMemory(std::shared_ptr<const Session> session, std::size_t bytes, bool pinned)
      : session_(std::move(session)) {
    if (pinned) {
      check(session_->acl().aclrtMallocHost(&pinned_, bytes), "aclrtMallocHost");
      std::memset(pinned_, 0xff, bytes);
    } else {
      pageable_.assign(bytes, std::byte{0xff});
    }
  }
  ~HostMemory() {
    session_->enter_quietly();
    if (pinned_ != nullptr) session_->acl().aclrtFreeHost(pinned_);
  }
  HostMemory(const HostMemory&) = delete;
  HostMemory& operator=(const HostMemory&) = delete;
  void* data() { return pinned_ != nullptr ? pinned_ : pageable_.data(); }

 private:
  std::shared_ptr<const Session> session_;
  void* pinned_ = nullptr;
  std::vector<std::byte> pageable_;
};

class Transfer : public Launch {
 public:
  Transfer(std::shared_ptr<const Session> session, const TransferShape& shape, Memory& from,
           Memory& to)
      : session_(std::move(session)),
        shape_(shape),
        to_(to),
        bytes_(static_cast<std::size_t>(shape.bytes())),
        source_(from.data()),
        target_(to.data()) {
    if (shape.direction == Direction::device_to_device) return;
    host_.emplace(session_, bytes_, shape.pinned);
    if (shape.direction == Direction::host_to_device) {
      from.download(0, host_->data(), bytes_);
      source_ = host_->data();
    } else {
      target_ = host_->data();
    }
  }

  void enqueue() override {
    check(session_->acl().aclrtMemcpyAsync(target_, bytes_, source_, bytes_, kind(),
                                           session_->stream()),
          "aclrtMemcpyAsync");
  }

  void bring_back() override {
    if (shape_.direction != Direction::device_to_host) return;
    to_.upload(0, target_, bytes_);
    // What the next launches leave unwritten must not look right.
    std::memset(target_, 0xff, bytes_);
  }

  sdk::Pairs details() const override { return {{"operator", "aclrtMemcpyAsync"}}; }

 private:
  CopyKind kind() const {
    switch (shape_.direction) {
      case Direction::host_to_device:
        return CopyKind::host_to_device;
      case Direction::device_to_host:
        return CopyKind::device_to_host;
      case Direction::device_to_device:
        break;
    }
    return CopyKind::device_to_device;
  }

  std::shared_ptr<const Session> session_;
  TransferShape shape_;
  Memory& to_;
  std::size_t bytes_;
  void *source_, *target_;
  std::optional<HostMemory> host_;
};

std::string why_not(const kernels::Problem&, Device&) {
  return "";
}

std::unique_ptr<Launch> prepare(const kernels::Problem& problem, std::span<Memory* const> buffers,
                                Device& device) {
  return std::make_unique<Transfer>(device.session(), kernels::transfer_shape(problem), *buffers[0],
                                    *buffers[1]);
}

}  // namespace

const Implementation transfer_acl_implementation = {"library/acl", "transfer", why_not, prepare};

}  // namespace assay::backends::ascend
