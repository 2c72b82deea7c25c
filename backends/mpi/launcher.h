// Whether this process was started by an MPI launcher, known from the environment only: MPI itself
// is not to be started for a listing.
#pragma once

#include <optional>
#include <string>

namespace assay::backends::mpi {

struct Launched {
  std::string variable;               ///< that shows it: "OMPI_COMM_WORLD_SIZE"
  int ranks = 0, rank = 0, slot = 0;  ///< -1 where the launcher does not say
};

/// Nothing where no launcher did.
std::optional<Launched> launched();

}  // namespace assay::backends::mpi
