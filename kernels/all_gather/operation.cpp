#include "kernels/collective/whole.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation all_gather_operation;

namespace {

const Field kFields[] = {
    ranks_field(),      dimension_field("n", "elements that each rank gives"),
    moved_type_field(), exact_distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_ranks(problem, problem.dimension("n"));
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t n = problem.dimension("n"), all = n * problem.dimension("ranks");
  return even_layout(problem, n, all, all);
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem&, std::int64_t) {
  return {{0, layout.counted, 0}};
}

const Collective kCollective = {layout, segments, shared_factor};

}  // namespace

const Operation all_gather_operation =
    collective_operation("all_gather", "every rank's array, on all ranks",
                         "a of every rank = b of rank 0, b of rank 1, ..., one after the other",
                         kFields, validate, kCollective);

}  // namespace assay::kernels
