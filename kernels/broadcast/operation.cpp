#include "kernels/collective/whole.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation broadcast_operation;

namespace {

const Field kFields[] = {
    ranks_field(),      dimension_field("n", "elements of the array"),
    moved_type_field(), exact_distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_ranks(problem, problem.dimension("n"));
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t n = problem.dimension("n");
  CollectiveLayout layout = even_layout(problem, 0, n, n);
  layout.held.front() = n;
  layout.received.front() = 0;
  return layout;
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem&, std::int64_t rank) {
  return {{0, layout.received.at(static_cast<std::size_t>(rank)), 0}};
}

const Collective kCollective = {layout, segments, one_way_factor};

}  // namespace

const Operation broadcast_operation =
    collective_operation("broadcast", "from rank 0 to all others",
                         "a of every other rank = b of rank 0", kFields, validate, kCollective);

}  // namespace assay::kernels
