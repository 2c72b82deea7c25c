// The fake device's time, and the part of its cache that times depend on.
//   ASSAY_FAKE_TIME=counted   events tell a time that is counted, not the host's: each kind of work
//                             takes what the model below says, so that tests know what to expect
//   ASSAY_FAKE_SLOW=nn or tn  products of i8 or tf32 take twice as long where the first matrix is
//                             not transposed (nn), or where it is (tn)
#pragma once

#include <chrono>
#include <cstdint>

namespace assay::fakes::cudalike {

/// Of the counted time: seconds of an event (before its stamp is followed by other work), of any
/// launch, and per byte; bytes of the last-level cache, which the device's attribute tells too.
inline constexpr double kEventSeconds = 1.5e-6, kLaunchSeconds = 2e-6, kBytesPerSecond = 1e11,
                        kOperationsPerSecond = 1e12;
inline constexpr std::uint64_t kCacheBytes = 1 << 20;

class DeviceTime {
 public:
  bool counted() const;
  std::chrono::steady_clock::time_point now() const;
  /// The device is busy for so long; of a real time it waits.
  void pass(double seconds);
  /// A launch reads and writes so many bytes of the memory. What it brings into the cache evicts
  /// dirty lines of earlier work, which are written back in its time.
  void move(std::uint64_t read, std::uint64_t written);

  /// A library has marked the operands of later launches as lines that persist: these take half of
  /// their time, until the lines are reset.
  void persist() { persisting_ = true; }
  void reset_persisting() { persisting_ = false; }

 private:
  double seconds_ = 0;
  std::uint64_t dirty_ = 0;
  bool persisting_ = false;
};

}  // namespace assay::fakes::cudalike
