// The algorithm of a collective as rounds of messages between endpoints, for simulation.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

struct Message {
  int from = 0, to = 0;  ///< endpoints of the network
  double bytes = 0;
};

/// Messages that are sent at once; the next round begins when all have arrived.
struct Round {
  /// Rounds of the same kind take the same time if all groups of the network are equal.
  int kind = 0;
  std::vector<Message> messages;  ///< of all groups
};

struct Schedule {
  std::string algorithm;
  long count = 0;
  std::function<Round(long number)> round;  ///< from 0
};

/// Throws InputError if the collective does not have the algorithm or it does not support the
/// group.
Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm);
/// The algorithms that schedule_of() supports.
std::vector<std::string> scheduled_algorithms(Collective collective);

}  // namespace assay::results::network
