// The rank of this process among those that one launcher started together.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace assay::harness::ranks {

struct Place {
  std::uint32_t rank = 0, ranks = 1;
  std::uint32_t slot = 0, slots = 1;  ///< the same among the ranks of this host
  std::string job;       ///< equal on all ranks, and different from all other current jobs
  std::string launcher;  ///< "Open MPI", "Slurm", …; "assay" if it started the ranks itself
};

/// Returns an environment variable's value; nullopt if it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> environment_variable(const std::string& name);

/// Reads the rank from the variables that the launcher sets (Open MPI: mpirun(1), "Environment
/// Variables"; PMIx; Slurm: srun(1), "Output environment variables"; MPICH's Hydra; PALS). nullopt
/// if there is no launcher, or if it started a single process. Throws InputError if variables
/// contradict each other.
std::optional<Place> place_of(const Variables& variables);

}  // namespace assay::harness::ranks
