// Launches on a device whose clock has fallen are not what the device does: they are made again
// after a pause (as nvbench does).
#pragma once

#include <functional>
#include <optional>

#include "harness/measure/sampler.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// A batch of launches during which the clock was below this share of the device's highest is
/// discarded.
inline constexpr double kThrottledShare = 0.75;
inline constexpr std::uint32_t kMostPauses = 3;  ///< in one measurement
inline constexpr double kFirstPause = 0.25;      ///< seconds; each further one is twice as long

class ThrottleGuard {
 public:
  /// `highest_hz` 0: not known, and no batch is discarded. `clock` gives the clock of the device
  /// right after a batch, absent where it does not tell.
  ThrottleGuard(double highest_hz, std::function<std::optional<double>()> clock,
                std::function<void(double seconds)> pause)
      : floor_(kThrottledShare * highest_hz), clock_(std::move(clock)), pause_(std::move(pause)) {}

  /// Launches until the clock was high enough, or all pauses are used up.
  std::vector<assay_launch> run(std::uint32_t count, const Launcher& launch);

  const results::record::Throttling& outcome() const { return outcome_; }

 private:
  double floor_;
  std::function<std::optional<double>()> clock_;
  std::function<void(double)> pause_;
  results::record::Throttling outcome_;
};

/// What a record notes of it; nothing where no launch was discarded or kept at a low clock.
std::optional<results::record::Note> throttling_note(const results::record::Throttling& throttling);

}  // namespace assay::harness::measure
