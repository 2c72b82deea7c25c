// Fields and rules that every kind of attention shares.
#pragma once

#include <string>
#include <vector>

#include "kernels/attention/shape.h"
#include "kernels/operation.h"

namespace assay::kernels {

/// `mask`: none or causal.
Field mask_field();
/// `window`: keys that a query sees at most, as in Mistral 7B (arXiv 2310.06825).
Field window_field();
/// `softcap`: soft-capping of scores, as in Gemma 2 (arXiv 2408.00118).
Field softcap_field();
/// `sinks`: a learned logit per head that takes part of the weight and has no value, as in gpt-oss
/// (arXiv 2508.10925) after StreamingLLM (arXiv 2309.17453).
Field sinks_field();

/// Pairs of a query and a key that it sees, in one head of one sequence.
double visible_pairs(const AttentionShape& shape);
/// Keys that some query sees, in one head of one sequence.
std::int64_t keys_read(const AttentionShape& shape);

/// Throws InputError where the key heads do not divide the query heads.
void require_grouped_heads(const AttentionShape& shape);
/// Throws InputError where a causal mask leaves a query without any key.
void require_some_key(const AttentionShape& shape);
/// Throws InputError for a window without a causal mask or wider than the keys, and for a cap that
/// inputs could not reach.
void require_window_and_cap(const AttentionShape& shape);
/// Throws InputError for dist=integer.
void require_inexact(const Problem& problem);

/// What multiplies Q: 1, or with a cap the largest power of two at which the standard deviation of
/// a score is at most an eighth of the cap, so that capping changes the result.
std::int64_t query_amplification(const AttentionShape& shape, const Problem& problem);

/// `sinks` as an operand, f32 [hq]. A sink is (11 w + r) / 16, with w the number of bits of the
/// keys that the last query sees and r drawn from -16 … 16 with Problem::hash() for each head:
/// about the logarithm of their number, so that it takes a share of the weight as learned sinks do.
Operand sinks_operand(const AttentionShape& shape);

/// Why a kernel that computes plain attention cannot compute this; empty where it can.
std::string why_not_plain(const AttentionShape& shape);

}  // namespace assay::kernels
