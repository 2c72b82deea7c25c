// Copies by the runtime's own calls: within a device, and between it and the host's memory.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "backends/sdk/queue_device.h"

namespace assay::sdk {

/// What to move.
struct Move {
  Direction direction = Direction::device_to_device;
  bool pinned = false;  ///< the host's memory is page-locked
  std::uint64_t bytes = 0;
};

/// Both operands lie on the device. For transfers to or from the host, one side is replaced by host
/// memory: filled from the operand before, or copied into the result's buffer afterwards.
template <class Session>
class QueueTransfer : public QueueLaunch {
 public:
  using Memory = QueueMemory<Session>;

  QueueTransfer(std::shared_ptr<const Session> session, const Move& move, const Memory& from,
                Memory& to)
      : session_(std::move(session)),
        move_(move),
        to_(to),
        source_(from.data()),
        target_(to.data()) {
    if (move_.direction == Direction::device_to_device) return;
    host_.emplace(session_, move_.bytes, move_.pinned);
    if (move_.direction == Direction::host_to_device) {
      from.download(0, host_->data(), move_.bytes);
      source_ = host_->data();
    } else {
      target_ = host_->data();
    }
  }

  void enqueue() override {
    session_->enqueue_copy(target_, source_, move_.bytes, move_.direction);
  }

  void bring_back() override {
    if (move_.direction != Direction::device_to_host) return;
    to_.upload(0, target_, move_.bytes);
    // Bytes that the next launches do not write must not look right.
    std::memset(target_, 0xff, move_.bytes);
  }

  Pairs details() const override { return {{"operator", Session::enqueued_copy()}}; }

 private:
  std::shared_ptr<const Session> session_;
  Move move_;
  Memory& to_;
  void *source_, *target_;
  std::optional<HostMemory<Session>> host_;
};

}  // namespace assay::sdk
