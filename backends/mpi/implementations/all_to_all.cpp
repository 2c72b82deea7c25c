#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::all_to_all {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

Ready prepare(const Exchange& e) {
  const Message block(e.bytes(e.problem.dimension("n")));
  return {
      [=, from = e.from, to = e.to, all = e.group.communicator()] {
        check(MPI_Alltoall(from, block.count(), block.type(), to, block.count(), block.type(), all),
              "MPI_Alltoall");
      },
      "MPI_Alltoall"};
}

}  // namespace

const Implementation implementation = {"all_to_all", why_not, prepare};

}  // namespace assay::backends::mpi::all_to_all
