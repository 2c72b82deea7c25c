#include <algorithm>
#include <numeric>

#include "kernels/checking.h"
#include "kernels/grouped_matmul/shape.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kZipfUnit = 1 << 24;

/// Rows of each rank r, for weights whose sum times `tokens` stays below 2^63.
std::vector<std::int64_t> deal_out(std::int64_t tokens, const std::vector<std::int64_t>& weights) {
  const std::int64_t total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::int64_t> rows;
  std::int64_t running = 0, dealt = 0;
  for (const std::int64_t weight : weights) {
    running += weight;
    const std::int64_t until = tokens * running / total;
    rows.push_back(until - dealt);
    dealt = until;
  }
  return rows;
}

std::vector<std::int64_t> zipf_sizes(const Problem& problem, std::int64_t tokens,
                                     std::int64_t groups) {
  std::vector<std::int64_t> weights;
  for (std::int64_t rank = 0; rank < groups; ++rank) weights.push_back(kZipfUnit / (rank + 1));
  std::vector<std::int64_t> sizes = deal_out(tokens, weights);
  Draws draws{problem.hash()};
  for (std::size_t i = sizes.size(); i > 1; --i) {
    std::swap(sizes[i - 1],
              sizes[static_cast<std::size_t>(draws.next(static_cast<std::int64_t>(i)))]);
  }
  return sizes;
}

}  // namespace

std::vector<std::int64_t> group_sizes(const Problem& problem) {
  const std::int64_t tokens = problem.dimension("tokens"), groups = problem.dimension("groups");
  const std::string& routing = problem.choice("routing");
  if (routing == "zipf") return zipf_sizes(problem, tokens, groups);
  if (routing == "balanced") {
    return deal_out(tokens, std::vector<std::int64_t>(static_cast<std::size_t>(groups), 1));
  }
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(groups), 0);
  sizes[static_cast<std::size_t>(problem.hash() % static_cast<std::uint64_t>(groups))] = tokens;
  return sizes;
}

std::int64_t GroupedMatmulShape::groups_hit() const {
  return std::count_if(sizes.begin(), sizes.end(), [](std::int64_t size) { return size > 0; });
}

MatmulShape GroupedMatmulShape::of_group(std::int64_t group) const {
  MatmulShape one = product;
  one.m = sizes[static_cast<std::size_t>(group)];
  return one;
}

}  // namespace assay::kernels
