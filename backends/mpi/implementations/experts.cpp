#include <memory>
#include <vector>

#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi {

extern const Implementation expert_dispatch_implementation, expert_combine_implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

/// Counts and places of what goes to each rank, or comes from it, in rows.
struct Blocks {
  std::vector<int> counts, places;
  void add(std::int64_t rows) {
    places.push_back(counts.empty() ? 0 : places.back() + counts.back());
    counts.push_back(static_cast<int>(rows));
  }
};

struct Plan {
  Blocks sent, received;
  std::shared_ptr<MPI_Datatype> row;
};

Ready prepare(const Exchange& e) {
  auto plan = std::make_shared<Plan>();
  const auto ranks = static_cast<std::size_t>(e.group.ranks());
  const auto self = static_cast<std::size_t>(e.group.rank());
  for (std::size_t other = 0; other < ranks; ++other) {
    plan->sent.add(e.layout.counts[self * ranks + other] / e.layout.unit);
    plan->received.add(e.layout.counts[other * ranks + self] / e.layout.unit);
  }
  plan->row = block_type(e.bytes(e.layout.unit));
  return {[plan, from = e.from, to = e.to, all = e.group.communicator()] {
            check(MPI_Alltoallv(from, plan->sent.counts.data(), plan->sent.places.data(),
                                *plan->row, to, plan->received.counts.data(),
                                plan->received.places.data(), *plan->row, all),
                  "MPI_Alltoallv");
          },
          "MPI_Alltoallv"};
}

}  // namespace

const Implementation expert_dispatch_implementation = {"expert_dispatch", why_not, prepare};
const Implementation expert_combine_implementation = {"expert_combine", why_not, prepare};

}  // namespace assay::backends::mpi
