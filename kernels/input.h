// Operands from counter-based random numbers: any element can be made without the others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// The names a `dist` field may take. An element takes b random bits r, an unsigned number: the
/// i-th b bits of the operand's stream, little-endian within the blocks of kernels/philox.h.
///   uniform  u (floor(n r / 2^b) - n / 2) with n = 2 / u values in [-1, 1), u the unit roundoff;
///            b = 16 for types of one or two bytes, else the type's own width (f64: r >> 10 for the
///            floor). i8: n = 255, i32: n = 2^24, both with steps of 1
///   integer  floor((2 L + 1) r / 2^b) - L with L the operand's integer_limit; b = 16 for types of
///            one or two bytes, else 32. Every partial sum is exact in the accumulator
///   normal   the sum of the 8 bytes of r, b = 64 (4 bytes, b = 32, for types of one byte), less
///   its
///            mean, over its standard deviation, rounded to the type; times 32 for i8 (within ±127)
///            and 2^20 for i32. Mean 0, variance 1, at most 4.9 (3.5); the same on every machine
///   llm      normal (integers: a 16th of it); in operands that are no weights one channel in 128
///            is 16 times as large: channel 128 s + (word 0 of block s of domain 1) mod 128
std::span<const std::string_view> distributions();

/// Writes elements [first, first + to.size()/size_of(type)) of operand number `operand` of the
/// problem: by Operand::fill where it has one, else from `dist`. Philox-4x32-10 (Salmon et al.,
/// SC11), key = Problem::hash(), counter = (element block, operand, 0). Pure: the bits depend on
/// (problem, operand, element index) alone.
void generate(const Problem& problem, int operand, std::int64_t first, Bytes to);

/// The same on all threads of the current oneTBB arena; a whole operand unless told where to begin.
void generate_parallel(const Problem& problem, int operand, Bytes to, std::int64_t first = 0);

/// The same for many small parts of one operand, of which only the first call asks the problem.
/// Made once, used from any thread.
class OperandSource {
 public:
  OperandSource(const Problem& problem, int operand);
  ~OperandSource();
  OperandSource(const OperandSource&) = delete;
  OperandSource& operator=(const OperandSource&) = delete;
  void generate(std::int64_t first, Bytes to) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Fills with a pattern that no right answer holds: NaN (all ones) in floating types, 0x80 bytes in
/// integers (operands stay within ±127 to leave -128 free).
void poison(DataType type, Bytes buffer);
/// Count of elements of `type` that still hold the poison.
std::int64_t count_poisoned(DataType type, ConstBytes buffer);

}  // namespace assay::kernels
