// The algorithm of a collective as rounds of messages. The closed forms count these rounds, and the
// simulator sends their messages as flows.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/network/network.h"
#include "results/network/placement.h"

namespace assay::results::network {

struct Message {
  int from = 0, to = 0;
  double bytes = 0;
};
/// Messages that are sent at once; the next round begins when all have arrived.
using Round = std::vector<Message>;

/// Rounds that take the same time.
struct Stage {
  long count = 1;
  std::function<Round(long number)> round;  ///< from 0; between ranks of one group
};

struct Schedule {
  std::string algorithm;
  Placement placement;
  std::vector<Stage> stages;

  /// Number of rounds.
  long count() const;
  /// The same round of all groups of the network at once, between endpoints.
  Round everywhere(const Round& round) const;
};

/// Throws InputError if the collective does not have the algorithm, or if libraries do not use it
/// for this number of ranks.
Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm);
Schedule schedule_of(const Network& network, Collective collective, Placement placement,
                     double bytes, const std::string& algorithm);
/// The algorithms for which schedule_of() has rounds for these ranks, ordered by name.
std::vector<std::string> algorithms_for(Collective collective, const Placement& placement);

}  // namespace assay::results::network
