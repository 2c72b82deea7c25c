// The portable matmul for a shape: shared by `matmul` and by `grouped_matmul`, with one source.
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
/// The bytes before the scales of an array of so many elements.
PortableArgument scales_argument(DataType type, std::int64_t elements);
/// `blocks_m` rows of blocks, all columns of the shape; extents come after the operands, and
/// after these the bytes before the scales of A and of B.
PortableLaunch matmul_launch(const MatmulShape& shape, const PortableParameters& parameters,
                             std::int64_t blocks_m, std::vector<PortableArgument> arguments);

}  // namespace assay::kernels
