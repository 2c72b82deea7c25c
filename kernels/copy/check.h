// What copy_operation and transfer_operation call: operands, reference and the judge of an output.
#pragma once

#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// b (input) and a (output), n elements each.
std::vector<Operand> copy_operands(const Problem& problem);
void copy_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs);
Check copy_check(const Problem& problem, std::span<const ConstBytes> buffers,
                 const CheckOptions& options);

}  // namespace assay::kernels
