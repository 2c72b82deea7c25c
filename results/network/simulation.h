// Simulates collectives as flows over a platform (SimGrid, S4U), in a separate process.
#pragma once

#include "results/network/network.h"

namespace assay::results::network {

struct Simulated {
  double seconds = 0;         ///< simulated time
  std::string algorithm;      ///< as in the closed forms
  long rounds = 0;            ///< rounds of the algorithm
  long rounds_simulated = 0;  ///< the others take as long as one of these
  long flows = 0;             ///< number of simulated flows
  double wall_seconds = 0;    ///< time that the simulation took
  double peak_bytes = 0;      ///< memory of its process
};

/// Whether the simulator is installed.
bool can_simulate();

/// Simulates the rounds of an algorithm; if empty, of the fastest one (of all_to_all on more than
/// 24 ranks without "direct", which has too many flows). Throws Error if there is no simulator, and
/// InputError like closed_form_by().
Simulated simulated(const Network& network, Collective collective, const Group& group, double bytes,
                    const std::string& algorithm = "");

}  // namespace assay::results::network
