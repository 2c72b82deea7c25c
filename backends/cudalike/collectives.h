// The vendor's copy of NCCL, and this device's rank in a group of devices that work together.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/cudalike/device.h"
#include "backends/cudalike/library_session.h"
#include "kernels/dtype.h"

namespace assay::backends::cudalike {

class CollectivesSession : public LibrarySession<CollectivesApi> {
 public:
  /// Null with the reason where the library is absent or cannot be used.
  static std::unique_ptr<CollectivesSession> open(Device& device, std::string& reason);
  ~CollectivesSession() { leave(); }

  std::vector<std::byte> unique_id() const;
  /// The calling thread's current device joins. Throws sdk::Failure.
  void join(std::span<const std::byte> id, int ranks, int rank);
  void leave() noexcept;

  bool joined() const { return handle_ != nullptr; }
  int ranks() const { return ranks_; }
  int rank() const { return rank_; }
  const std::string& version() const { return version_; }
  /// 4 bytes of each device, for a sum that serves as a barrier.
  Buffer& meeting() const { return *meeting_; }

 private:
  explicit CollectivesSession(Stream stream) : stream_(stream) {}

  Stream stream_;
  int ranks_ = 0, rank_ = 0;
  std::string version_;
  std::unique_ptr<Buffer> meeting_;
};

/// ncclDataType_t of what can be summed; nothing for others.
std::optional<int> summed_number(kernels::DataType type);
inline constexpr int kNcclByte = 1, kNcclFloat = 7,
                     kNcclSum = 0;  ///< ncclUint8, ncclFloat32, ncclSum

}  // namespace assay::backends::cudalike
