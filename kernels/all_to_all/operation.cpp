#include "kernels/collective/whole.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation all_to_all_operation;

namespace {

const Field kFields[] = {
    ranks_field(),      dimension_field("n", "elements from each rank to each rank"),
    moved_type_field(), exact_distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  require_ranks(problem, problem.dimension("n"));
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t all = problem.dimension("n") * problem.dimension("ranks");
  return even_layout(problem, all, all, all);
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem& problem,
                              std::int64_t rank) {
  const std::int64_t n = problem.dimension("n");
  std::vector<Segment> all;
  for (std::int64_t source = 0; source < layout.ranks(); ++source) {
    all.push_back({source * n, n, source * layout.counted + rank * n});
  }
  return all;
}

const Collective kCollective = {layout, segments, shared_factor};

}  // namespace

const Operation all_to_all_operation =
    collective_operation("all_to_all", "from every rank to every rank, a block each",
                         "block s of a of rank r = block r of b of rank s, blocks of n elements",
                         kFields, validate, kCollective);

}  // namespace assay::kernels
