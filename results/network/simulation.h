// Collectives as flows over a simulated platform (SimGrid, S4U), in a process of its own.
#pragma once

#include "results/network/network.h"

namespace assay::results::network {

struct Simulated {
  double seconds = 0;         ///< in the simulation
  std::string algorithm;      ///< as in the closed forms
  long rounds = 0;            ///< of the algorithm
  long rounds_simulated = 0;  ///< the others are like one of these, by symmetry
  long flows = 0;             ///< simulated
  double wall_seconds = 0;    ///< that it took
  double peak_bytes = 0;      ///< memory of its process
};

/// Whether this build has the simulator, and why not.
bool can_simulate();

/// Simulates an algorithm; empty: what closed_form() chooses. Throws Error where there is no
/// simulator, InputError as closed_form() does and for an algorithm that is not simulated.
Simulated simulated(const Network& network, Collective collective, const Group& group, double bytes,
                    const std::string& algorithm = "");

}  // namespace assay::results::network
