#include "backends/mpi/launcher.h"

#include <cstdlib>

namespace assay::backends::mpi {
namespace {

struct LauncherVariables {
  const char *known_by, *ranks, *rank, *slot;
};

constexpr LauncherVariables kLaunchers[] = {
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK",
     "OMPI_COMM_WORLD_LOCAL_RANK"},
    {"PMIX_RANK", "SLURM_STEP_NUM_TASKS", "PMIX_RANK", "SLURM_LOCALID"},
    {"PMI_SIZE", "PMI_SIZE", "PMI_RANK", "MPI_LOCALRANKID"},
    {"PMI_RANK", "SLURM_STEP_NUM_TASKS", "PMI_RANK", "SLURM_LOCALID"},
};

int number(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return -1;
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  return *end == '\0' && value >= 0 && value < 1 << 30 ? static_cast<int>(value) : -1;
}

}  // namespace

std::optional<Launched> launched() {
  for (const LauncherVariables& one : kLaunchers) {
    if (number(one.known_by) < 0) continue;
    return Launched{one.known_by, number(one.ranks), number(one.rank), number(one.slot)};
  }
  // Slurm starts ordinary programs too: a single task is not one of several ranks.
  const int tasks = number("SLURM_STEP_NUM_TASKS");
  if (tasks > 1 && number("SLURM_PROCID") >= 0) {
    return Launched{"SLURM_STEP_NUM_TASKS", tasks, number("SLURM_PROCID"), number("SLURM_LOCALID")};
  }
  return std::nullopt;
}

}  // namespace assay::backends::mpi
