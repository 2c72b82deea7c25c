#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::broadcast {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

Ready prepare(const Exchange& e) {
  const Message whole(e.bytes(e.layout.counted));
  std::byte* const at = e.group.rank() == 0 ? e.from : e.to;
  return {[=, all = e.group.communicator()] {
            check(MPI_Bcast(at, whole.count(), whole.type(), 0, all), "MPI_Bcast");
          },
          "MPI_Bcast"};
}

}  // namespace

const Implementation implementation = {"broadcast", why_not, prepare};

}  // namespace assay::backends::mpi::broadcast
