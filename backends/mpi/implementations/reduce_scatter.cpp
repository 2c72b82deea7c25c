#include <limits>

#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::reduce_scatter {

extern const Implementation implementation;

namespace {

/// Where an int cannot count what all ranks get: each rank's part as a reduction of its own.
Ready by_reductions(const Exchange& e, MPI_Datatype type) {
  return {[=] {
            const std::int64_t n = e.layout.received.front();
            for (int root = 0; root < e.group.ranks(); ++root) {
              in_parts(n, [&](std::int64_t first, int count) {
                check(MPI_Reduce(e.from + e.bytes(root * n + first), e.to + e.bytes(first), count,
                                 type, MPI_SUM, root, e.group.communicator()),
                      "MPI_Reduce");
              });
            }
          },
          "MPI_Reduce to each rank"};
}

Ready prepare(const Exchange& e) {
  const MPI_Datatype type = *summed_type(e.layout.type);
  if (e.layout.counted > std::numeric_limits<int>::max()) return by_reductions(e, type);
  const int n = static_cast<int>(e.layout.received.front());
  return {[=, from = e.from, to = e.to, all = e.group.communicator()] {
            check(MPI_Reduce_scatter_block(from, to, n, type, MPI_SUM, all),
                  "MPI_Reduce_scatter_block");
          },
          "MPI_Reduce_scatter_block"};
}

}  // namespace

const Implementation implementation = {"reduce_scatter", why_no_sum, prepare};

}  // namespace assay::backends::mpi::reduce_scatter
