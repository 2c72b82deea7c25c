// Where this process stands among those that one launcher started together.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace assay::harness::ranks {

struct Place {
  std::uint32_t rank = 0, ranks = 1;
  std::uint32_t slot = 0, slots = 1;  ///< the same among the ranks of this host
  std::string job;                    ///< equal on all ranks, and on no other job at this time
  std::string launcher;               ///< "Open MPI", "Slurm", …; "assay" where it started itself
};

/// An environment variable's value; none where it is not set.
using Variables = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> environment_variable(const std::string& name);

/// What the launcher says, by the variables that it sets (Open MPI: mpirun(1), "Environment
/// Variables"; PMIx; Slurm: srun(1), "Output environment variables"; MPICH's Hydra; PALS). None
/// where there is no launcher, or one that started a single process. Throws InputError where
/// variables contradict each other.
std::optional<Place> place_of(const Variables& variables);

}  // namespace assay::harness::ranks
