// The dimensions and types of absorbed multi-head latent attention (DeepSeek-V2, arXiv 2405.04434).
#pragma once

#include "kernels/attention/shape.h"

namespace assay::kernels {

/// Attention of hq query heads over one cache that they all share: Q [b, hq, sq, latent + rope],
/// KV [b, skv, latent + rope], O [b, hq, sq, latent], dense and row-major. The up-projections of
/// keys and values are absorbed into Q and into what follows O, so a row of KV is the key and its
/// first `latent` elements are the value. Scores are scaled by 1 / sqrt(qk), where qk is the width
/// of the heads before absorption (DeepSeek-V3: 128 + 64 = 192), not that of Q.
/// As attention: hkv = 1, d = latent + rope, dv = latent, values_in_keys, scale_width = qk.
AttentionShape mla_shape(const Problem& problem);

}  // namespace assay::kernels
