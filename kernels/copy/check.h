// What copy_operation calls: the FP64 reference and the judge of an output.
#pragma once

#include "kernels/operation.h"

namespace assay::kernels {

void copy_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs);
Check copy_check(const Problem& problem, std::span<const ConstBytes> buffers,
                 const CheckOptions& options);

}  // namespace assay::kernels
