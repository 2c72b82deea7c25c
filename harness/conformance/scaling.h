// Measures the time of implementations for a problem and for twice the work, by the device's clock
// and by the host's clock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/conformance/test_problem.h"

namespace assay::harness::conformance {

/// Times in seconds of one run() with `count` hot launches.
struct Timed {
  std::uint32_t count = 0;
  double elapsed = 0;  ///< time of the whole call by the host's clock
  double waited =
      0;  ///< the part of it spent waiting for a core; 0 if the kernel does not report it
  double device_sum = 0;  ///< sum of all device_seconds
  double device = 0;      ///< their median

  double elapsed_each() const { return elapsed / count; }
  double undisturbed_each() const { return (elapsed - waited) / count; }
};

struct Round {
  Timed once, twice;
};

struct Scaling {
  std::string implementation;
  std::string once, twice;  ///< problems; the second is empty if no dimension doubles the work
  Timed small;              ///< launches short enough to show the resolution of the device's clock
  std::vector<Round> rounds;

  std::string text() const { return once + ", " + implementation; }
};

/// Device time of twice the work divided by that of the work, one figure per round.
std::vector<double> time_ratios(const Scaling& scaling);
/// The device's share of the host time that doubling the work adds. The launch overhead cancels
/// out. Only for rounds in which the overhead does not hide the difference.
std::vector<double> accounted_shares(const Scaling& scaling);

/// The lowest plausible values of these ratios. Twice the work may be done in less than the same
/// time, with other block sizes or another algorithm, and the host may have work of its own.
inline constexpr double kMinimumTime = 0.75, kMinimumAccounted = 0.25;

struct ScalingResults {
  std::vector<Scaling> measured;
  std::size_t left_out = 0;  ///< number of implementations that did not fit into the time limit
};

/// Measures every implementation of every operation whose work grows with a dimension, within
/// `budget` seconds but at least one. Problems grow until a launch takes a fifth of a millisecond.
/// Rounds are added as long as all of them look as if a clock was wrong.
ScalingResults measure_scalings(Subject& subject, double budget);

}  // namespace assay::harness::conformance
