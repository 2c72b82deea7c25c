#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::all_gather {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

Ready prepare(const Exchange& e) {
  const Message block(e.bytes(e.layout.held.front()));
  return {[=, from = e.from, to = e.to, all = e.group.communicator()] {
            check(MPI_Allgather(from, block.count(), block.type(), to, block.count(), block.type(),
                                all),
                  "MPI_Allgather");
          },
          "MPI_Allgather"};
}

}  // namespace

const Implementation implementation = {"all_gather", why_not, prepare};

}  // namespace assay::backends::mpi::all_gather
