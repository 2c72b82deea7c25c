// The table of element types: everything about a type follows from its row.
//
// To add a type, add one row to ASSAY_DATA_TYPES. Its name, size, rounding, conversions, random
// operands, poison, bounds and its place in records follow from the row. To let an operation accept
// it, add its name to the choices of the operation's field; a backend that can compute in it maps
// it in its own folder. The published schema of records names the types: results/README.md says
// how it is written again. tests/unit/kernels/dtype_test.cpp checks every row against the
// definition of its format.
#pragma once

#include <cstdint>
#include <string_view>

namespace assay::kernels {

enum class DataType : std::uint8_t;

enum class TypeKind : std::uint8_t {
  floating,      ///< sign, exponent and mantissa in the layout of IEEE 754
  integer,       ///< two's complement
  power_of_two,  ///< an exponent alone: no sign, no zero; the code of all ones is NaN
  block_scaled   ///< elements of another type, and one scale for each block of them
};

/// What the highest codes of a floating type stand for.
enum class Specials : std::uint8_t {
  infinity,  ///< IEEE 754: the highest exponent is infinity and NaN
  nan,       ///< only the code of all ones is NaN; the one below it is the largest value
  none       ///< every code is a finite number
};

struct TypeTraits {
  TypeKind kind = TypeKind::floating;
  int bits = 0;  ///< that one element takes in an array, its scale not counted
  int exponent_bits = 0, mantissa_bits = 0;
  Specials specials = Specials::none;
  DataType element{}, scale{};  ///< of a block-scaled type
  int block = 0;                ///< elements that share a scale; 0: no scales
  std::string_view meaning;
};

/// Where `bits` exceeds 1 + exponent_bits + mantissa_bits, the low bits are always zero.
constexpr TypeTraits floating_type(int bits, int exponent_bits, int mantissa_bits,
                                   Specials specials, std::string_view meaning) {
  return {TypeKind::floating, bits, exponent_bits, mantissa_bits, specials, {}, {}, 0, meaning};
}

constexpr TypeTraits integer_type(int bits, std::string_view meaning) {
  return {TypeKind::integer, bits, 0, 0, Specials::none, {}, {}, 0, meaning};
}

constexpr TypeTraits power_of_two_type(int bits, std::string_view meaning) {
  return {TypeKind::power_of_two, bits, bits, 0, Specials::nan, {}, {}, 0, meaning};
}

/// `element` has whole bytes in a block; `scale` has whole bytes.
constexpr TypeTraits block_scaled_type(int bits, DataType element, int block, DataType scale,
                                       std::string_view meaning) {
  return {TypeKind::block_scaled, bits, 0, 0, Specials::nan, element, scale, block, meaning};
}

// Sources: IEEE 754-2019; Micikevicius et al., arXiv 2209.05433 (f8); OCP Microscaling Formats (MX)
// Specification v1.0 (f6, f4, f8e8m0, mx...); NVIDIA, "Introducing NVFP4" (2025), and PTX ISA 8.8,
// "Alternate floating-point data formats" and "Block scaling"; DeepSeek-V3, arXiv 2412.19437, 3.3.2
// (f8e4m3g128); Frantar et al., "GPTQ", arXiv 2210.17323, 4, group size 128 (i4g128).
// clang-format off
#define ASSAY_DATA_TYPES(ROW)                                                                      \
  ROW(f64, floating_type(64, 11, 52, Specials::infinity, "IEEE 754 binary64"))                     \
  ROW(f32, floating_type(32, 8, 23, Specials::infinity, "IEEE 754 binary32"))                      \
  ROW(tf32, floating_type(32, 8, 10, Specials::infinity,                                           \
                          "TF32: an f32 with its low 13 bits zero; a type of its own"))            \
  ROW(bf16, floating_type(16, 8, 7, Specials::infinity, "bfloat16: the upper half of an f32"))     \
  ROW(f16, floating_type(16, 5, 10, Specials::infinity, "IEEE 754 binary16"))                      \
  ROW(f8e4m3, floating_type(8, 4, 3, Specials::nan, "OCP E4M3: no infinity, largest value 448"))   \
  ROW(f8e5m2, floating_type(8, 5, 2, Specials::infinity, "OCP E5M2: largest value 57344"))         \
  ROW(i8, integer_type(8, "8-bit integer"))                                                        \
  ROW(i32, integer_type(32, "32-bit integer"))                                                     \
  ROW(i4, integer_type(4, "4-bit integer, two in a byte"))                                         \
  ROW(f6e3m2, floating_type(6, 3, 2, Specials::none, "OCP E3M2: largest value 28"))                \
  ROW(f6e2m3, floating_type(6, 2, 3, Specials::none, "OCP E2M3: largest value 7.5"))               \
  ROW(f4e2m1, floating_type(4, 2, 1, Specials::none, "OCP E2M1: largest value 6"))                 \
  ROW(f8e8m0, power_of_two_type(8, "OCP E8M0: a power of two from 2^-127 to 2^127; for scales"))   \
  ROW(mxfp8e4m3, block_scaled_type(8, DataType::f8e4m3, 32, DataType::f8e8m0, "OCP MXFP8, E4M3"))  \
  ROW(mxfp8e5m2, block_scaled_type(8, DataType::f8e5m2, 32, DataType::f8e8m0, "OCP MXFP8, E5M2"))  \
  ROW(mxfp6e3m2, block_scaled_type(6, DataType::f6e3m2, 32, DataType::f8e8m0, "OCP MXFP6, E3M2"))  \
  ROW(mxfp6e2m3, block_scaled_type(6, DataType::f6e2m3, 32, DataType::f8e8m0, "OCP MXFP6, E2M3"))  \
  ROW(mxfp4, block_scaled_type(4, DataType::f4e2m1, 32, DataType::f8e8m0, "OCP MXFP4"))            \
  ROW(nvfp4, block_scaled_type(4, DataType::f4e2m1, 16, DataType::f8e4m3,                          \
                               "NVIDIA NVFP4, without its second scale for a whole tensor"))       \
  ROW(f8e4m3g128, block_scaled_type(8, DataType::f8e4m3, 128, DataType::f32,                       \
                                    "E4M3 in groups of 128 (DeepSeek-V3's 1 x 128 tiles)"))        \
  ROW(i4g128, block_scaled_type(4, DataType::i4, 128, DataType::bf16,                              \
                                "4-bit integers in groups of 128, symmetric: quantised weights"))
// clang-format on

}  // namespace assay::kernels
