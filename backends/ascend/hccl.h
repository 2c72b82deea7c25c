// This device's rank in a group of devices that work together, by HCCL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "backends/ascend/hccl_calls.h"
#include "backends/ascend/session.h"

namespace assay::backends::ascend {

/// A device's rank in its group; leaves the group when destroyed.
class Place {
 public:
  /// The device must be the calling thread's current one. Throws sdk::Failure.
  Place(std::shared_ptr<const Session> session, std::span<const std::byte> id, std::uint32_t ranks,
        std::uint32_t rank);
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::uint32_t ranks() const { return ranks_; }
  std::uint32_t rank() const { return rank_; }
  Communicator communicator() const { return communicator_; }
  /// 4 bytes of each device, for a sum that serves as a barrier.
  std::byte* meeting() const { return meeting_.data(); }

 private:
  std::shared_ptr<const Session> session_;
  std::uint32_t ranks_, rank_;
  Memory meeting_;
  Communicator communicator_ = nullptr;
};

/// Asked on rank 0.
std::vector<std::byte> root_information();

}  // namespace assay::backends::ascend
