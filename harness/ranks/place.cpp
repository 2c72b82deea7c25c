#include "harness/ranks/place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

/// The environment variables with which a launcher gives a process its rank.
struct Convention {
  const char* launcher;
  const char *rank, *ranks, *slot, *slots;
  const char *job, *step;  ///< together they identify the job; empty if there is no such variable
  /// A launcher starts single processes too, which are no ranks; Assay itself starts none.
  std::uint32_t fewest = 2;
};

// Assay's own variables come first: a rank started by another rank also inherits the launcher's
// variables. In Slurm only the variables of a step count: a batch script sees the size of the
// allocation, but is not itself a rank.
constexpr std::array kConventions = {
    Convention{"assay", "ASSAY_RANK", "ASSAY_RANKS", "ASSAY_SLOT", "ASSAY_SLOTS", "ASSAY_JOB", "",
               1},
    Convention{"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
               "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", "PMIX_NAMESPACE", ""},
    Convention{"Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "", "SLURM_JOB_ID",
               "SLURM_STEP_ID"},
    Convention{"Hydra", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", "", ""},
    Convention{"PALS", "PALS_RANKID", "PALS_SIZE", "PALS_LOCAL_RANKID", "PALS_LOCAL_SIZE",
               "PALS_APID", ""},
};

std::optional<std::uint32_t> number(const Variables& variables, const char* name) {
  if (*name == '\0') return std::nullopt;
  const auto text = variables(name);
  if (!text) return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    throw InputError(fmt::format("{}={}: is not a number", name, *text),
                     "start assay with its launcher, or without one by --alone");
  }
  return value;
}

/// SLURM_TASKS_PER_NODE is not used, because it begins with this node's count only on the first
/// node. If the launcher reports the number of ranks on this host, pinning divides the cores by it.
std::uint32_t slots_of(const Variables& variables, const Convention& convention,
                       std::uint32_t ranks, std::uint32_t slot) {
  if (const auto slots = number(variables, convention.slots)) return *slots;
  if (const auto nodes = number(variables, "SLURM_STEP_NUM_NODES"); nodes && *nodes > 0) {
    return (ranks + *nodes - 1) / *nodes;
  }
  return slot + 1;
}

std::string job_of(const Variables& variables, const Convention& convention) {
  std::string job;
  for (const char* name : {convention.job, convention.step}) {
    if (*name == '\0') continue;
    if (const auto text = variables(name)) job += (job.empty() ? "" : ".") + *text;
  }
  // Ranks of one host have the launcher as their common parent process; for several hosts the user
  // must name a rendezvous.
  return job.empty() ? fmt::format("{}", getppid()) : job;
}

}  // namespace

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::optional<Place> place_of(const Variables& variables) {
  for (const Convention& convention : kConventions) {
    const auto rank = number(variables, convention.rank);
    const auto ranks = number(variables, convention.ranks);
    if (!rank || !ranks) continue;
    if (*ranks < convention.fewest) return std::nullopt;
    if (*rank >= *ranks) {
      throw InputError(fmt::format("{}={} of {}={}: there is no such rank", convention.rank, *rank,
                                   convention.ranks, *ranks),
                       "start assay with its launcher, or without one by --alone");
    }
    const std::uint32_t slot = number(variables, convention.slot).value_or(0);
    return Place{.rank = *rank,
                 .ranks = *ranks,
                 .slot = slot,
                 .slots = slots_of(variables, convention, *ranks, slot),
                 .job = job_of(variables, convention),
                 .launcher = convention.launcher};
  }
  return std::nullopt;
}

}  // namespace assay::harness::ranks
