// Operands from counter-based random numbers: any element can be made without the others.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/operation.h"

namespace assay::kernels {

/// The names that the field `dist` may have. An element takes b random bits r, an unsigned number:
/// the i-th b bits of the operand's stream, little-endian within the blocks of kernels/philox.h.
///   uniform  u (floor(n r / 2^b) - n / 2) with n = 2 / u values in [-1, 1), u the unit roundoff;
///            b = 16 for types of up to 16 bits, else the type's own width (f64: r >> 10 for the
///            floor). Integers in steps of 1: n = 255 for i8, 15 for i4, 2^24 for i32
///   integer  floor((2 L + 1) r / 2^b) - L with L the operand's integer_limit; b = 16 for types of
///            up to 16 bits, else 32. Every partial sum is exact in the accumulator. Block-scaled
///            types: L / 2 for L, and the scale of block j is 1 + (word 0 of block j of domain 2)
///            mod 2, or 1 where L = 1
///   normal   (S - m) / d rounded to the type, where S is the sum of the 8 bytes of r, b = 64 (4
///            bytes, b = 32, for types of up to 8 bits), m its mean and d its standard deviation;
///            times 32 for i8 (at most ±127), 2 for i4 and 2^20 for i32. Mean 0, variance 1, at
///            most 4.9 (3.5); the same on every machine
///   llm      normal (integers: a 16th of it); in operands that are not weights one channel in 128
///            is 16 times as large: channel 128 s + (word 0 of block s of domain 1) mod 128
/// Each value is multiplied by the operand's `amplification`, before it is rounded to the type.
/// A block-scaled type takes the values of its element type's bits b and of its own unit roundoff
/// u, in FP64, those of block j times 2^-(word 0 of block j of domain 2 mod 4), which
/// encode_array() converts block by block (`integer` apart): neighbouring blocks of any type have
/// different scales, so that a kernel that takes one for the other is found out. f8e8m0 takes
/// magnitudes.
std::span<const std::string_view> distributions();

/// Writes elements from `first` on of operand number `operand` of the problem to the array `to`: as
/// many as it can hold, up to the operand's end. By Operand::fill where the operand has one, else
/// from `dist`. Philox-4x32-10 (Salmon et al., SC11), key = Problem::hash(), counter = (element
/// block, operand, 0). Pure: the bits depend on (problem, operand, element index) alone. Of a
/// block-scaled type `first` begins a block (std::logic_error otherwise).
void generate(const Problem& problem, int operand, std::int64_t first, Bytes to);

/// The same on all threads of the current oneTBB arena; the whole operand by default.
void generate_parallel(const Problem& problem, int operand, Bytes to, std::int64_t first = 0);

/// The same for many small parts of one operand, of which only the first call asks the problem.
/// Made once, used from any thread.
class OperandSource {
 public:
  OperandSource(const Problem& problem, int operand);
  /// An operand by itself: `key` in place of the problem's hash, `stream` of the operand's number.
  OperandSource(const Operand& operand, std::string_view dist, std::uint64_t key,
                std::uint32_t stream);
  ~OperandSource();
  OperandSource(const OperandSource&) = delete;
  OperandSource& operator=(const OperandSource&) = delete;
  void generate(std::int64_t first, Bytes to) const;
  void generate_parallel(std::int64_t first, Bytes to) const;

 private:
  struct Parts;
  std::unique_ptr<const Parts> parts_;
};

/// Fills an array with a pattern that no generated operand holds and that is easy to recognise: all
/// ones (NaN, in elements and scales) in types that have NaN, 0x80 bytes in integers (operands stay
/// within ±largest to leave the lowest value free; i4: -8), minus zero in floating types without
/// NaN.
void poison(DataType type, Bytes buffer);
bool is_poisoned(DataType type, ConstBytes array, std::int64_t index);
/// Count of elements of `type` that still hold the poison.
std::int64_t count_poisoned(DataType type, ConstBytes buffer);

}  // namespace assay::kernels
