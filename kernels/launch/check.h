// What launch_operation calls: the reference and the judge of an output.
#pragma once

#include "kernels/operation.h"

namespace assay::kernels {

void launch_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                      std::span<const Bytes> outputs);
Check launch_check(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options);

}  // namespace assay::kernels
