#include <algorithm>

#include "kernels/grouped_matmul/shape.h"
#include "kernels/matmul/portable_matmul.h"

namespace assay::kernels {

extern const PortableKernel grouped_matmul_portable;

namespace {

/// The product of a group of average size, for which blocks are chosen.
MatmulShape usual_product(const Problem& problem) {
  const GroupedMatmulShape s = grouped_matmul_shape(problem);
  MatmulShape product = s.product;
  product.m = std::max<std::int64_t>(1, s.tokens / std::max<std::int64_t>(1, s.groups_hit()));
  return product;
}

std::string why_not(const Problem& problem, const PortableTarget& target) {
  return matmul_why_not(usual_product(problem), target);
}

std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  return matmul_candidates(usual_product(problem), target);
}

std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  return matmul_macros(grouped_matmul_shape(problem).product, target, true);
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

/// Enough rows of blocks for any sizes of the groups: the sizes are known only on the device.
std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  const GroupedMatmulShape s = grouped_matmul_shape(problem);
  const std::int64_t blocks = s.tokens / p.at("BLOCK_M") + std::min(s.groups, s.tokens);
  return {matmul_launch(
      s.product, p, blocks,
      {operand_argument(0), operand_argument(1), operand_argument(2), operand_argument(3),
       integer_argument(s.groups), integer_argument(s.product.n), integer_argument(s.product.k),
       scales_argument(s.product.a, s.tokens * s.product.k),
       scales_argument(s.product.b, s.groups * s.product.k * s.product.n)})};
}

}  // namespace

const PortableKernel grouped_matmul_portable = {"grouped_matmul", why_not,  candidates, macros,
                                                no_scratch,       launches, "matmul"};

}  // namespace assay::kernels
