#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::all_reduce {

extern const Implementation implementation;

namespace {

Ready prepare(const Exchange& e) {
  const MPI_Datatype type = *summed_type(e.layout.type);
  return {[=] {
            in_parts(e.layout.counted, [&](std::int64_t first, int count) {
              check(MPI_Allreduce(e.from + e.bytes(first), e.to + e.bytes(first), count, type,
                                  MPI_SUM, e.group.communicator()),
                    "MPI_Allreduce");
            });
          },
          "MPI_Allreduce"};
}

}  // namespace

const Implementation implementation = {"all_reduce", why_no_sum, prepare};

}  // namespace assay::backends::mpi::all_reduce
