// What grouped_matmul_operation calls: the FP64 reference and the judge of an output.
#pragma once

#include "kernels/operation.h"

namespace assay::kernels {

void grouped_matmul_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                              std::span<const Bytes> outputs);
Check grouped_matmul_check(const Problem& problem, std::span<const ConstBytes> buffers,
                           const CheckOptions& options);

}  // namespace assay::kernels
