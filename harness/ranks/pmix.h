// PMIx, by which launchers (Open MPI's mpirun, Slurm with --mpi=pmix) let the processes of one job
// exchange values across hosts: https://pmix.github.io/standard.
#pragma once

#include <memory>

#include "harness/ranks/announcement.h"

namespace assay::harness::ranks {

/// Announces through the launcher's PMIx server, which gives it to processes of this job alone, so
/// that the hosts need share no folder. Opens libpmix.so.2 when it is first used. Throws InputError
/// if no launcher with PMIx started this process, or if this build lacks PMIx.
std::unique_ptr<Announcement> announcement_by_pmix();

}  // namespace assay::harness::ranks
