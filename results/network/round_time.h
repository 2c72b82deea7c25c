// The time of a round of messages.
#pragma once

#include "results/network/rounds.h"

namespace assay::results::network {

struct RoundTime {
  double seconds = 0;
  double bandwidth_seconds = 0;  ///< the same without latency
};

/// The time of the busiest port or uplink: it is busy from its first arriving message on, and
/// messages of outer tiers arrive later. The messages are those of one group; all groups of the
/// network send the same at the same time.
RoundTime time_of(const Network& network, const Placement& placement, const Round& round);

/// The same if each rank sends `bytes` to every other rank at once, without listing the messages.
RoundTime time_of_all_pairs(const Network& network, const Placement& placement, double bytes);

}  // namespace assay::results::network
