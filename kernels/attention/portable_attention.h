// The portable attention for a shape: shared by `attention` and by operations that are attention
// with operands in another arrangement.
#pragma once

#include "kernels/attention/shape.h"
#include "kernels/portable.h"

namespace assay::kernels {

std::string attention_why_not(const AttentionShape& shape, const PortableTarget& target);
std::vector<PortableParameters> attention_candidates(const AttentionShape& shape,
                                                     const PortableTarget& target);
std::map<std::string, std::string> attention_macros(const AttentionShape& shape,
                                                    const PortableTarget& target);
std::int64_t attention_scratch_bytes(const AttentionShape& shape,
                                     const PortableParameters& parameters);
/// Operands in the order q, k, v, table, lengths, sinks, o; without v where the values lie in the
/// keys, and without those that the shape does not have.
std::vector<PortableLaunch> attention_launches(const AttentionShape& shape,
                                               const PortableParameters& parameters);

}  // namespace assay::kernels
