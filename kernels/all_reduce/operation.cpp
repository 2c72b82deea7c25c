#include "kernels/collective/whole.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation all_reduce_operation;

namespace {

const Field kFields[] = {
    ranks_field(),       dimension_field("n", "elements of each rank's array"),
    summed_type_field(), exact_distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_sums(problem, problem.dimension("n"));
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t n = problem.dimension("n");
  CollectiveLayout layout = even_layout(problem, n, n, n);
  layout.sums = true;
  layout.terms = layout.ranks();
  layout.stride = n;
  return layout;
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem&, std::int64_t) {
  return {{0, layout.counted, 0}};
}

double factor(double ranks) {
  return 2 * shared_factor(ranks);
}

const Collective kCollective = {layout, segments, factor};

}  // namespace

const Operation all_reduce_operation = collective_operation(
    "all_reduce", "sums over all ranks, on all ranks",
    "a[i] of every rank = sum over ranks r of b[i] of r", kFields, validate, kCollective);

}  // namespace assay::kernels
