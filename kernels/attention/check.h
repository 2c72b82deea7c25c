// What attention_operation calls: the FP64 reference and the judge of an output.
#pragma once

#include "kernels/attention/rows.h"
#include "kernels/operation.h"

namespace assay::kernels {

void attention_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                         std::span<const Bytes> outputs);
Check attention_check(const Problem& problem, std::span<const ConstBytes> buffers,
                      const CheckOptions& options);

/// The same for any operation that is attention over a shape; `flop` is what its problem takes.
void compute_attention_reference(const AttentionShape& shape, const AttentionInputs& inputs,
                                 Bytes output);
Check check_attention(const AttentionShape& shape, const AttentionInputs& inputs, ConstBytes output,
                      double flop, const CheckOptions& options);

}  // namespace assay::kernels
