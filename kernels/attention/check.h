// Reference and judge of every operation that is attention over a shape.
#pragma once

#include "kernels/attention/rows.h"
#include "kernels/operation.h"

namespace assay::kernels {

void compute_attention_reference(const AttentionShape& shape, const AttentionInputs& inputs,
                                 Bytes output);
/// The operands of `attention` by their places: q, k, v, with sinks the sinks.
AttentionInputs attention_inputs(const AttentionShape& shape, std::span<const ConstBytes> buffers);
/// `flop` is what the problem takes.
Check check_attention(const AttentionShape& shape, const AttentionInputs& inputs, ConstBytes output,
                      double flop, const CheckOptions& options);

}  // namespace assay::kernels
