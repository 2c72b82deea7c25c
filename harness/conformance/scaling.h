// How long implementations take for a problem and for twice the work, by the device's clock and by
// the host's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/conformance/specimen.h"

namespace assay::harness::conformance {

/// One run() of `count` hot launches. Seconds.
struct Timed {
  std::uint32_t count = 0;
  double elapsed = 0;     ///< of the whole call, by the host's clock
  double waited = 0;      ///< of that, for a core that others had; 0 where the kernel does not tell
  double device_sum = 0;  ///< all device_seconds
  double device = 0;      ///< their median

  double elapsed_each() const { return elapsed / count; }
  double undisturbed_each() const { return (elapsed - waited) / count; }
};

struct Round {
  Timed once, twice;
};

struct Pace {
  std::string implementation;
  std::string once, twice;  ///< problems; the second is empty where no dimension doubles the work
  Timed small;              ///< launches so short that the device's clock shows its grain
  std::vector<Round> rounds;

  std::string text() const { return once + ", " + implementation; }
};

/// Twice the work by the work, in the device's time, a figure a round.
std::vector<double> time_ratios(const Pace& pace);
/// Of what twice the work adds for the host, the device's share: what launches cost beside falls
/// out. Only of rounds in which it does not drown in that.
std::vector<double> accounted_shares(const Pace& pace);

/// The least that is believed of them. Twice the work may take less than the same time, in other
/// blocks or by another algorithm, and the host may have work of its own.
inline constexpr double kLeastTime = 0.75, kLeastAccounted = 0.25;

struct Paces {
  std::vector<Pace> measured;
  std::size_t left_out = 0;  ///< implementations for which the time did not suffice
};

/// Of every implementation of every operation whose work grows with a dimension, within `budget`
/// seconds, one at least. Problems grow until a launch takes a fifth of a millisecond. Rounds are
/// added while all of them look as if a clock was wrong.
Paces measure_paces(Subject& subject, double budget);

}  // namespace assay::harness::conformance
