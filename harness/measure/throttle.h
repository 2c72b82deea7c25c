// Launches at a low clock do not show what the device normally achieves. They are discarded and
// repeated after a pause, as in nvbench; but not where the power limit alone holds the clock down,
// as no pause would change that.
#pragma once

#include <functional>
#include <optional>

#include "harness/measure/reading.h"
#include "harness/measure/sampler.h"
#include "results/record/record.h"

namespace assay::harness::measure {

/// A batch of launches during which the clock was below this share of the device's highest is
/// discarded.
inline constexpr double kThrottledShare = 0.75;
inline constexpr std::uint32_t kMaximumPauses = 3;  ///< per measurement
inline constexpr double kFirstPause = 0.25;  ///< seconds; each further pause is twice as long

/// The clock by which launches are judged; nullopt where it is not told, and where only the power
/// limit holds it down.
std::optional<double> judged_clock(const Reading& reading);

class ThrottleGuard {
 public:
  /// `highest_hz` is 0 if unknown; then no batch is discarded. `clock` returns the device's clock
  /// right after a batch, or nullopt if the device does not report it.
  ThrottleGuard(double highest_hz, std::function<std::optional<double>()> clock,
                std::function<void(double seconds)> pause)
      : floor_(kThrottledShare * highest_hz), clock_(std::move(clock)), pause_(std::move(pause)) {}

  /// Launches until the clock was high enough or all pauses are used.
  std::vector<assay_launch> run(std::uint32_t count, const Launcher& launch);

  const results::record::Throttling& outcome() const { return outcome_; }

 private:
  double floor_;
  std::function<std::optional<double>()> clock_;
  std::function<void(double)> pause_;
  results::record::Throttling outcome_;
};

/// The note for the record; nullopt if no launch at a low clock was discarded or kept.
std::optional<results::record::Note> throttling_note(const results::record::Throttling& throttling);

}  // namespace assay::harness::measure
