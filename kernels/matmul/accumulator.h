// Units that add up the products of narrow operands in fewer bits than the problem's accumulator
// has, and the judgement of what they compute.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kernels/operation.h"

namespace assay::kernels {

/// Products of 8-bit floats are exact, and added with the fraction cut off after so many bits below
/// the largest one's leading bit. Tensor cores of Ada and Hopper keep 13 (SageAttention2, arXiv
/// 2411.10958, 3.2; DeepSeek-V3, arXiv 2412.19437, 3.3.2: "around 14 bits").
struct Accumulator {
  int fraction_bits = 0;
  /// After so many products the sum goes to an f32 sum and begins anew; 0: never.
  int promoted_every = 0;
};

/// "e8m13" or "e8m13, added up in f32 every 128 products": what an implementation states as its
/// detail "accumulator". nullopt for any other text, as for "f32".
std::optional<Accumulator> narrow_accumulator(std::string_view text);
std::string accumulator_text(const Accumulator& accumulator);

/// As Operation::check, by bounds for sums in such an accumulator where the problem is a matmul of
/// 8-bit floats; for any other it makes no difference.
Check check_accumulated(const Problem& problem, std::span<const ConstBytes> buffers,
                        const CheckOptions& options, const std::optional<Accumulator>& accumulator);

}  // namespace assay::kernels
