// Element types of operands: names, sizes, and conversions to and from FP64.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace assay::kernels {

/// f8e4m3 is the OCP "E4M3FN" of arXiv 2209.05433 (no infinity, NaN at 0x7f and 0xff, largest
/// finite 448); f8e5m2 is IEEE-like with infinities. tf32 is stored as an f32 whose low 13 bits are
/// zero: 8 bits of exponent and 10 of mantissa, the operands of tensor cores. It is a type of its
/// own: f32 never stands for it, nor it for f32.
enum class DataType : std::uint8_t { f64, f32, tf32, bf16, f16, f8e4m3, f8e5m2, i8, i32 };

inline constexpr std::array kDataTypes = {DataType::f64,    DataType::f32, DataType::tf32,
                                          DataType::bf16,   DataType::f16, DataType::f8e4m3,
                                          DataType::f8e5m2, DataType::i8,  DataType::i32};

std::string_view name(DataType type);
std::optional<DataType> data_type(std::string_view name);

/// Size of one element in bytes.
std::size_t size_of(DataType type);

bool is_integer(DataType type);

/// Unit roundoff u = 2^-p, p the precision in bits including the hidden one; 0 for integers.
double unit_roundoff(DataType type);

/// Largest finite value.
double largest(DataType type);

/// Smallest positive normal value; 1 for integers.
double smallest_normal(DataType type);

/// Converts to the type's bit pattern (in the low bits), rounding to nearest, ties to even.
/// Overflow gives infinity where the type has one (NaN in f8e4m3); integers saturate, NaN is 0.
std::uint64_t encode(DataType type, double value);

/// The exact value of a bit pattern.
double decode(DataType type, std::uint64_t bits);

/// Element `index` of a packed array of `type`, as FP64.
double load(DataType type, const std::byte* data, std::int64_t index);
void store(DataType type, std::byte* data, std::int64_t index, double value);

/// Bulk conversion, bit-identical to load and store element by element, fast enough to feed
/// references. `to.size()` elements starting at `first`.
void decode_array(DataType type, const std::byte* data, std::int64_t first, std::span<double> to);
void encode_array(DataType type, std::span<const double> from, std::byte* data, std::int64_t first);

}  // namespace assay::kernels
