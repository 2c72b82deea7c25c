#include <memory>
#include <vector>

#include "backends/mpi/implementation.h"
#include "backends/mpi/types.h"

namespace assay::backends::mpi::experts {

extern const Implementation expert_dispatch_implementation, expert_combine_implementation;

namespace {

std::string why_not(const kernels::Problem&) {
  return {};
}

/// Counts and places of what goes to each rank, and of what comes from it, in rows.
struct Plan {
  std::vector<int> sent, from, received, to;
  std::shared_ptr<MPI_Datatype> row;
};

Ready prepare(const Exchange& e) {
  auto plan = std::make_shared<Plan>();
  const auto rows = [&](std::int64_t elements) {
    return static_cast<int>(elements / e.layout.unit);
  };
  for (const kernels::Passage& one : kernels::passages(e.layout, e.problem, e.group.rank())) {
    plan->sent.push_back(rows(one.sent));
    plan->from.push_back(rows(one.from));
    plan->received.push_back(rows(one.received));
    plan->to.push_back(rows(one.to));
  }
  plan->row = block_type(e.bytes(e.layout.unit));
  return {[plan, from = e.from, to = e.to, all = e.group.communicator()] {
            check(MPI_Alltoallv(from, plan->sent.data(), plan->from.data(), *plan->row, to,
                                plan->received.data(), plan->to.data(), *plan->row, all),
                  "MPI_Alltoallv");
          },
          "MPI_Alltoallv"};
}

}  // namespace

const Implementation expert_dispatch_implementation = {"expert_dispatch", why_not, prepare};
const Implementation expert_combine_implementation = {"expert_combine", why_not, prepare};

}  // namespace assay::backends::mpi::experts
