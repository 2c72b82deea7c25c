// Whether this process was started by an MPI launcher, told by the environment alone: MPI itself is
// not to be started for a listing.
#pragma once

#include <optional>
#include <string>

namespace assay::backends::mpi {

struct Launched {
  std::string variable;               ///< by which it is known: "OMPI_COMM_WORLD_SIZE"
  int ranks = 0, rank = 0, slot = 0;  ///< -1 where the launcher does not tell
};

/// Nothing where no launcher did.
std::optional<Launched> launched();

}  // namespace assay::backends::mpi
