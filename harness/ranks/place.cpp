#include "harness/ranks/place.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

/// The names by which a launcher tells a process its place.
struct Convention {
  const char* launcher;
  const char *rank, *ranks, *slot, *slots;
  const char *job, *step;  ///< together they name the job; empty where there is none
};

// Our own first: a member that one of the ranks started inherits the launcher's variables too.
// A Slurm batch script knows the size of its allocation, but only a step's processes that of it.
constexpr std::array kConventions = {
    Convention{"assay", "ASSAY_RANK", "ASSAY_RANKS", "ASSAY_SLOT", "ASSAY_SLOTS", "ASSAY_JOB", ""},
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
                     "start assay by its launcher, or without one with --alone");
  }
  return value;
}

/// SLURM_TASKS_PER_NODE begins with this node's count only on the first, so it is not used; where
/// a launcher says how many ranks share the host, pinning divides the host by that.
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
  // Ranks of one host have the launcher as their common parent; on several hosts a place to meet
  // must be named.
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
    if (*ranks < 2) return std::nullopt;
    if (*rank >= *ranks) {
      throw InputError(fmt::format("{}={} of {}={}: there is no such rank", convention.rank, *rank,
                                   convention.ranks, *ranks),
                       "start assay by its launcher, or without one with --alone");
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
