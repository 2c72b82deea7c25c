#include "kernels/collective/whole.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation reduce_scatter_operation;

namespace {

const Field kFields[] = {
    ranks_field(),       dimension_field("n", "elements that each rank gets"),
    summed_type_field(), exact_distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_sums(problem, problem.dimension("n"));
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t n = problem.dimension("n"), all = n * problem.dimension("ranks");
  CollectiveLayout layout = even_layout(problem, all, n, all);
  layout.sums = true;
  layout.terms = layout.ranks();
  layout.stride = all;
  return layout;
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem&, std::int64_t rank) {
  const std::int64_t n = layout.received.front();
  return {{0, n, rank * n}};
}

const Collective kCollective = {layout, segments, shared_factor};

}  // namespace

const Operation reduce_scatter_operation = collective_operation(
    "reduce_scatter", "sums over all ranks, to each rank its part",
    "a[i] of rank r = sum over ranks s of b[r n + i] of s", kFields, validate, kCollective);

}  // namespace assay::kernels
