// Which experts each token goes to, and so how many rows each rank sends to each other rank.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "kernels/collective/whole.h"

namespace assay::kernels {

/// Every rank has `tokens` tokens of `hidden` elements, each of which goes to `top_k` of `experts`;
/// rank r holds the experts from r * experts / ranks on. A row is one token for one expert. Rows
/// are sorted by expert on the sending side, and by source rank, then by expert, on the receiving
/// side. What is timed is the exchange alone, without sorting, scales or the weighted sum. The rate
/// counts all tokens · top_k rows of a rank, also those for experts of the rank itself, which cross
/// no link.
/// `type` is the default of the field of that name.
inline constexpr std::string_view kExpertCounting =
    "FLOP: none counted. Bytes: all rows of one rank, tokens · top_k · hidden elements, with those "
    "for the rank's own experts, which cross no link, and without scales; B/s is an algbw.";
std::vector<Field> expert_fields(std::string_view type);
void validate_experts(const Problem& problem);

/// Rows from rank s to rank d at [s * ranks + d], a function of the problem's text alone:
///   grouped   as DeepSeek-V3's router may choose (arXiv 2412.19437): the experts form 8 groups,
///             and a token goes to 4 of them; first the groups, then the experts are drawn evenly
///             without repetition, by SplitMix64 from Problem::hash()
///   balanced  token t of rank s goes to the experts from (s * tokens + t) * top_k on, modulo all
std::vector<std::int64_t> rows_between(const Problem& problem);

CollectiveLayout dispatch_layout(const Problem& problem);
/// The way back: dispatch_layout with input and output exchanged.
CollectiveLayout combine_layout(const Problem& problem);
std::vector<Segment> exchange_segments(const CollectiveLayout& layout, const Problem& problem,
                                       std::int64_t rank);

}  // namespace assay::kernels
