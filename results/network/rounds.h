// A collective's algorithm as rounds of messages between endpoints, for simulation.
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

/// Messages that are under way at once; the next round begins when all have arrived.
struct Round {
  /// Which rounds are alike: on a network whose groups are alike, rounds of one kind take the same
  /// time.
  int kind = 0;
  std::vector<Message> messages;  ///< of all groups side by side
};

struct Schedule {
  std::string algorithm;
  long count = 0;
  std::function<Round(long number)> round;  ///< from 0
};

/// Throws InputError where the algorithm is none of the collective's, or not made for such a group.
Schedule schedule_of(const Network& network, Collective collective, const Group& group,
                     double bytes, const std::string& algorithm);
/// Those that schedule_of() knows.
std::vector<std::string> scheduled_algorithms(Collective collective);

}  // namespace assay::results::network
