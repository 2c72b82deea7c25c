// Element types of operands: names, sizes, and conversions to and from FP64.
//
// How an array of `count` elements lies in memory, from its first byte on:
//   elements  element i takes bits [i * bits, (i + 1) * bits), counted from the low bit of the
//             first byte; little-endian; unused bits of the last byte are zero
//   scales    of a block-scaled type only: right after the elements, scale j of the elements from
//             j * block on. The last block may be short. Element i has the value
//             element(i) * scale(i / block)
// Blocks run along consecutive elements of the whole array, as it is stored.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "kernels/dtype_table.h"

namespace assay::kernels {

#define ASSAY_ENUMERATOR(name, traits) name,
enum class DataType : std::uint8_t { ASSAY_DATA_TYPES(ASSAY_ENUMERATOR) };
#undef ASSAY_ENUMERATOR

#define ASSAY_TYPE(name, traits) DataType::name,
inline constexpr auto kDataTypes = std::to_array({ASSAY_DATA_TYPES(ASSAY_TYPE)});
#undef ASSAY_TYPE

#define ASSAY_TRAITS(name, traits) traits,
inline constexpr auto kTypeTraits = std::to_array<TypeTraits>({ASSAY_DATA_TYPES(ASSAY_TRAITS)});
#undef ASSAY_TRAITS

constexpr const TypeTraits& traits(DataType type) {
  return kTypeTraits[static_cast<std::size_t>(type)];
}

std::string_view name(DataType type);
std::optional<DataType> data_type(std::string_view name);

/// Bits that one element takes in an array; the scales of a block-scaled type are not counted.
constexpr int bits_of(DataType type) {
  return traits(type).bits;
}

/// Bytes of an array of `count` elements, with the scales of a block-scaled type.
std::int64_t bytes_of(DataType type, std::int64_t count);

/// The largest number of elements that an array of `bytes` bytes can hold.
std::int64_t count_in(DataType type, std::int64_t bytes);

constexpr bool is_integer(DataType type) {
  return traits(type).kind == TypeKind::integer;
}
constexpr bool is_block_scaled(DataType type) {
  return traits(type).block != 0;
}
/// The type of single elements: another one only for block-scaled types.
constexpr DataType element_of(DataType type) {
  return is_block_scaled(type) ? traits(type).element : type;
}
/// A floating type of 8 bits without block scales.
constexpr bool is_8_bit_float(DataType type) {
  return traits(type).kind == TypeKind::floating && bits_of(type) == 8;
}
/// Bits of the longest significand among the type's values, the hidden one included. A product of
/// two values has at most as many as both together, so in FP64 it is exact up to 53.
constexpr int significand_bits(DataType type) {
  const TypeTraits& t = traits(type);
  switch (t.kind) {
    case TypeKind::integer:
      return t.bits - 1;
    case TypeKind::power_of_two:
      return 0;
    case TypeKind::block_scaled:
      return significand_bits(t.element) + significand_bits(t.scale);
    case TypeKind::floating:
      break;
  }
  return t.mantissa_bits + 1;
}
/// Whether a value of the type can be NaN, or infinite.
bool has_nan(DataType type);
bool has_infinity(DataType type);

/// Unit roundoff u = 2^-p, p the precision in bits including the hidden one; 0 for integers. Of a
/// block-scaled type that of its elements; where these are integers, half a step over the number of
/// steps from zero.
double unit_roundoff(DataType type);

/// Largest finite value.
double largest(DataType type);

/// Smallest positive normal value; 1 for integers. Of a block-scaled type with its smallest scale.
double smallest_normal(DataType type);

/// Converts to the type's bit pattern (in the low bits), rounding to nearest, ties to even.
/// Overflow gives infinity where the type has one, else NaN where it has that, else the largest
/// value of that sign. Integers saturate, and take NaN for 0; floating types without NaN take it
/// for their largest value (as PTX cvt does); a power of two takes what is not positive for the
/// smallest one. Throws std::logic_error for block-scaled types, where no element stands alone.
std::uint64_t encode(DataType type, double value);

/// The exact value of a bit pattern.
double decode(DataType type, std::uint64_t bits);

/// Element `index` of an array of `type`, as FP64 or as its bit pattern. The functions that receive
/// a pointer throw std::logic_error for block-scaled types: where the scales lie depends on the
/// size of the whole array.
double load(DataType type, const std::byte* data, std::int64_t index);
void store(DataType type, std::byte* data, std::int64_t index, double value);
std::uint64_t load_bits(DataType type, const std::byte* data, std::int64_t index);
void store_bits(DataType type, std::byte* data, std::int64_t index, std::uint64_t bits);

/// Bulk conversion, bit-identical to load and store element by element, fast enough to feed
/// references. `to.size()` elements starting at `first`.
void decode_array(DataType type, const std::byte* data, std::int64_t first, std::span<double> to);
void encode_array(DataType type, std::span<const double> from, std::byte* data, std::int64_t first);

/// The same for any type, of an array given as a whole: all its elements, and its scales.
double load(DataType type, std::span<const std::byte> array, std::int64_t index);
void decode_array(DataType type, std::span<const std::byte> array, std::int64_t first,
                  std::span<double> to);

/// Of a block-scaled type `first` must begin a block and `from` end one or the array
/// (std::logic_error otherwise). Scales are chosen so:
///   f8e8m0   2^(floor(log2 M) - e), M the largest magnitude in the block, e the exponent of the
///            element type's largest value; kept within 2^±127 (OCP MX v1.0, 6.3)
///   others   M / (the element type's largest value), rounded to nearest, at most the scale type's
///            largest value (NVIDIA, NVFP4)
/// Elements are the value over the scale, rounded once to nearest, ties to even, and kept within
/// ± the element type's largest value. A block that holds NaN or an infinity gets the scale NaN, so
/// that all of it is NaN.
void encode_array(DataType type, std::span<const double> from, std::span<std::byte> array,
                  std::int64_t first);

/// The scale and the bits of elements of a block-scaled array.
double load_scale(DataType type, std::span<const std::byte> array, std::int64_t index);
std::uint64_t load_element_bits(DataType type, std::span<const std::byte> array,
                                std::int64_t index);
/// Sets the scale of block `block`, rounded to its type; the elements stay.
void store_scale(DataType type, std::span<std::byte> array, std::int64_t block, double scale);
/// Rounds value / scale to the element type, with the scale that the block has. Of a type without
/// scales, store().
void store(DataType type, std::span<std::byte> array, std::int64_t index, double value);

/// Whether elements of two arrays are the same bit for bit, scales included.
bool same_bits(DataType type, std::span<const std::byte> a, std::int64_t first_a,
               std::span<const std::byte> b, std::int64_t first_b, std::int64_t count);

}  // namespace assay::kernels
