// An open device: its stream, its libraries' handles, and the ways to solve a problem on it.
#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/cudalike/memory.h"
#include "backends/cudalike/sensors.h"
#include "backends/cudalike/timing.h"
#include "backends/sdk/description.h"
#include "backends/sdk/properties.h"
#include "kernels/problem.h"

namespace assay::backends::cudalike {

/// A library that was looked for once: null with the reason where it cannot be used.
template <class Session>
struct Sought {
  bool done = false;
  std::unique_ptr<Session> session;
  std::string reason;
};

class BlasSession;
class BlasLtSession;
class AttentionSession;
class CompilerSession;
class CollectivesSession;

sdk::DeviceDescription describe_device(std::uint32_t index);

class Device {
 public:
  Device(std::uint32_t index, bool tune);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  std::unique_ptr<Buffer> allocate(std::uint64_t bytes);
  void upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes);
  /// Energy as it is now; clocks, power and what holds them down as they were while launches ran,
  /// where there were any since the last call: once the queue is empty the clock recovers at once.
  sdk::Readings sensors();
  std::uint64_t memory_available();

  int index() const { return index_; }
  /// Whether portable kernels' parameters may be tried out.
  bool tune() const { return tune_; }
  Stream stream() const { return timing_.stream; }
  TimingContext& timing() { return timing_; }
  const sdk::DeviceDescription& description() const { return description_; }
  /// 10 × major + minor; 0 unknown.
  int capability() const { return capability_; }
  /// Whether the dialect offers this type from this device's capability on.
  bool computes(std::string_view type) const;
  /// This thread's calls go to this device from now on.
  void make_current() const;

  /// Made when first asked for; null where the library is absent, with the reason.
  BlasSession* blas(std::string& reason);
  BlasLtSession* blas_lt(std::string& reason);
  AttentionSession* attention(std::string& reason);
  CompilerSession* compiler(std::string& reason);

  /// Null with the reason: before it joins others, or where the library is absent.
  CollectivesSession* collectives(std::string& reason);
  std::vector<std::byte> unique_id();
  void join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank);
  void leave() noexcept;
  int rank() const;  ///< 0 before it joins others

 private:
  Sensors* opened_sensors();
  void read_while_busy(double seconds);
  sdk::Readings read_timed(Sensors& sensors);

  int index_;
  bool tune_;
  TimingContext timing_;
  std::unique_ptr<Staging> staging_;
  sdk::DeviceDescription description_;
  int capability_ = 0;
  std::unique_ptr<Sensors> sensors_;
  bool sensors_sought_ = false;
  std::optional<sdk::Readings> busy_readings_;
  bool seen_working_ = false;   ///< a reading was once made while the device worked
  bool worked_unseen_ = false;  ///< it was, and no reading was made of the last long queue
  /// What the fastest reading took; when the next one may be, by the host's clock.
  double reading_seconds_ = std::numeric_limits<double>::infinity(), next_reading_ = 0;
  Sought<BlasSession> blas_;
  Sought<BlasLtSession> blas_lt_;
  Sought<AttentionSession> attention_;
  Sought<CompilerSession> compiler_;
  Sought<CollectivesSession> collectives_;
};

/// A problem made ready: launched and timed.
class Executable {
 public:
  Executable(Device& device, std::unique_ptr<Work> work);
  const sdk::Properties& details() const { return details_; }
  void run(std::span<assay_launch> launches, assay_mode mode);

 private:
  Device& device_;
  std::unique_ptr<Work> work_;
  Timer timer_;
  sdk::Properties details_;
};

}  // namespace assay::backends::cudalike
