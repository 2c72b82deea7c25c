#include <fmt/format.h>

#include "kernels/collective/whole.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

extern const Operation send_receive_operation;

namespace {

const Field kFields[] = {
    ranks_field(),
    dimension_field("n", "elements of a message"),
    choice_field("pattern", {"ring", "pair"},
                 "ring: every rank sends to the next one and receives from the one before, all at "
                 "once; pair: every even rank sends to the next one, one way",
                 Default{"ring"}),
    moved_type_field(),
    exact_distribution_field(),
    seed_field(),
};

bool in_pairs(const Problem& problem) {
  return problem.choice("pattern") == "pair";
}

void validate(const Problem& problem) {
  require_ranks(problem, problem.dimension("n"));
  const std::int64_t ranks = problem.dimension("ranks");
  if (!in_pairs(problem) || ranks % 2 == 0) return;
  throw InputError(fmt::format("field ranks: pairs need an even number, not {}", ranks),
                   "use an even number, or pattern=ring");
}

CollectiveLayout layout(const Problem& problem) {
  const std::int64_t n = problem.dimension("n");
  CollectiveLayout layout = even_layout(problem, n, n, n);
  if (!in_pairs(problem)) return layout;
  for (std::size_t rank = 0; rank < layout.held.size(); ++rank) {
    (rank % 2 == 0 ? layout.received : layout.held)[rank] = 0;
  }
  return layout;
}

std::vector<Segment> segments(const CollectiveLayout& layout, const Problem& problem,
                              std::int64_t rank) {
  const std::int64_t n = layout.received.at(static_cast<std::size_t>(rank));
  const std::int64_t before = (rank + layout.ranks() - 1) % layout.ranks();
  // In pairs only even ranks hold elements of the whole input.
  return {{0, n, (in_pairs(problem) ? rank / 2 : before) * n}};
}

const Collective kCollective = {layout, segments, one_way_factor};

}  // namespace

const Operation send_receive_operation = collective_operation(
    "send_receive", "point to point: from a rank to the next",
    "a of rank r = b of rank r - 1; with pattern=ring of the last rank for rank 0", kFields,
    validate, kCollective);

}  // namespace assay::kernels
