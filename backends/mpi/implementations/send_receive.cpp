#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::send_receive {

extern const Implementation implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

constexpr int kTag = 2;

Ready one_way(const Exchange& e, const Message& whole) {
  const int rank = e.group.rank();
  if (rank % 2 == 0) {
    return {[=, from = e.from, all = e.group.communicator()] {
              check(MPI_Send(from, whole.count(), whole.type(), rank + 1, kTag, all), "MPI_Send");
            },
            "MPI_Send"};
  }
  return {[=, to = e.to, all = e.group.communicator()] {
            check(MPI_Recv(to, whole.count(), whole.type(), rank - 1, kTag, all, MPI_STATUS_IGNORE),
                  "MPI_Recv");
          },
          "MPI_Recv"};
}

Ready prepare(const Exchange& e) {
  const Message whole(e.bytes(e.layout.counted));
  if (e.problem.choice("pattern") == "pair") return one_way(e, whole);
  const int ranks = e.group.ranks(), rank = e.group.rank();
  const int next = (rank + 1) % ranks, before = (rank + ranks - 1) % ranks;
  return {[=, from = e.from, to = e.to, all = e.group.communicator()] {
            check(MPI_Sendrecv(from, whole.count(), whole.type(), next, kTag, to, whole.count(),
                               whole.type(), before, kTag, all, MPI_STATUS_IGNORE),
                  "MPI_Sendrecv");
          },
          "MPI_Sendrecv"};
}

}  // namespace

const Implementation implementation = {"send_receive", why_not, prepare};

}  // namespace assay::backends::mpi::send_receive
