// The portable matmul by its shape: of `matmul`, and of products whose rows fall into groups, which
// share its source.
#pragma once

#include "kernels/matmul/shape.h"
#include "kernels/portable.h"

namespace assay::kernels {

std::string matmul_why_not(const MatmulShape& shape, const PortableTarget& target);
std::vector<PortableParameters> matmul_candidates(const MatmulShape& shape,
                                                  const PortableTarget& target);
/// `grouped`: the number of groups and their sizes are arguments too.
std::map<std::string, std::string> matmul_macros(const MatmulShape& shape,
                                                 const PortableTarget& target, bool grouped);
/// `blocks_m` rows of blocks by as many columns as the shape has; extents follow the operands.
PortableLaunch matmul_launch(const MatmulShape& shape, const PortableParameters& parameters,
                             std::int64_t blocks_m, std::vector<PortableArgument> arguments);

}  // namespace assay::kernels
