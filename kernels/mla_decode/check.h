// What mla_decode_operation calls: the FP64 reference and the judge of an output.
#pragma once

#include "kernels/operation.h"

namespace assay::kernels {

void mla_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                   std::span<const Bytes> outputs);
Check mla_check(const Problem& problem, std::span<const ConstBytes> buffers,
                const CheckOptions& options);

}  // namespace assay::kernels
