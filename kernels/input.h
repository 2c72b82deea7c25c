// Operands from counter-based random numbers: any element can be made without the others.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// The names a `dist` field may take.
///   uniform  [-1, 1) on the type's grid; integers over [-127, 127] (i8) or 24 bits (i32)
///   normal   mean 0, variance 1, from exact integer arithmetic, so identical on every machine
///   integer  whole numbers in ±integer_limit: every partial sum is exact in the accumulator
///   llm      normal with a few outlier channels 16 times as large
std::span<const std::string_view> distributions();

/// Writes elements [first, first + to.size()/size_of(type)) of operand number `operand` of the
/// problem. Philox-4x32-10 (Salmon et al., SC11), key = Problem::hash(), counter = (element block,
/// operand). Pure: the bits depend on (problem, operand, element index) alone.
void generate(const Problem& problem, int operand, std::int64_t first, Bytes to);

/// The same for a whole operand, on all threads of the current oneTBB arena.
void generate_parallel(const Problem& problem, int operand, Bytes to);

/// Fills with a pattern that no right answer holds: NaN (all ones) in floating types, 0x80 bytes in
/// integers (operands stay within ±127 to leave -128 free).
void poison(DataType type, Bytes buffer);
/// Count of elements of `type` that still hold the poison.
std::int64_t count_poisoned(DataType type, ConstBytes buffer);

}  // namespace assay::kernels
