// An open device, as backends/sdk/module.h asks for one.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/ascend/dcmi.h"
#include "backends/ascend/implementation.h"
#include "backends/ascend/session.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"
#include "backends/sdk/queue_timer.h"
#include "kernels/dtype.h"

namespace assay::backends::ascend {

/// An event that the device stamps.
class Mark {
 public:
  explicit Mark(std::shared_ptr<const Session> session);
  ~Mark();
  Mark(const Mark&) = delete;
  Mark& operator=(const Mark&) = delete;

  void place();
  void wait();
  double seconds_since(const Mark& earlier);

 private:
  std::shared_ptr<const Session> session_;
  Event event_ = nullptr;
};

class Device;

class Executable {
 public:
  Executable(Device& device, std::unique_ptr<Launch> launch);
  const sdk::Properties& details() const { return details_; }
  void run(std::span<assay_launch> launches, assay_mode mode);

 private:
  Device& device_;
  std::unique_ptr<Launch> launch_;
  sdk::Properties details_;
};

class Device {
 public:
  explicit Device(std::uint32_t index);

  std::unique_ptr<Memory> allocate(std::uint64_t bytes);
  void upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes);
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view name,
                                      std::span<Memory* const> buffers);
  sdk::Readings sensors();
  std::uint64_t memory_available();

  const std::shared_ptr<const Session>& session() const { return session_; }
  sdk::QueueTimer<Mark>& timer();
  /// Puts what overwrites twice the last-level cache into the stream.
  void flush();

  /// What `find_out` finds out about the device and a type; it runs once a type.
  const std::string& once_a_type(kernels::DataType type,
                                 std::string (*find_out)(Device&, kernels::DataType));

 private:
  std::shared_ptr<const Session> session_;
  std::uint32_t index_;
  std::optional<Seat> seat_;
  std::unique_ptr<sdk::QueueTimer<Mark>> timer_;
  std::unique_ptr<Memory> flushed_;
  std::map<kernels::DataType, std::string> found_out_;
};

/// L2 bytes; 0 where it is not told.
std::uint64_t cache_bytes(std::uint32_t index);

}  // namespace assay::backends::ascend
