// The dimensions of attention over keys and values in pages, and where the pages are.
#pragma once

#include "kernels/attention/rows.h"
#include "kernels/attention/shape.h"

namespace assay::kernels {

/// Q [b, hq, sq, d], K and V [pages, hkv, page, d], table [b, ceil(skv / page)] and lengths [b] of
/// i32, O [b, hq, sq, d], dense and row-major. Key j of sequence s lies in row j mod page of page
/// table[s, floor(j / page)]; its queries are the last sq of its lengths[s] tokens. skv is the
/// length of the longest sequence.
AttentionShape paged_attention_shape(const Problem& problem);

/// Keys of each sequence, a function of the problem's text alone: skv, or with lengths=uneven drawn
/// evenly from sq … skv with Problem::hash() (SplitMix64), except that one sequence, drawn too, has
/// skv.
std::vector<std::int64_t> sequence_lengths(const Problem& problem);
/// Pages that sequences of these lengths fill, the last one of each perhaps in part.
std::int64_t pages_filled(const std::vector<std::int64_t>& lengths, std::int64_t page);
/// Lengths and table, functions of the problem's text alone: the numbers of all pages in random
/// order (Fisher-Yates with SplitMix64 from Problem::hash() + 1), dealt out to one sequence after
/// another. Entries beyond a sequence's last page are 0.
AttentionPages attention_pages(const Problem& problem);

}  // namespace assay::kernels
