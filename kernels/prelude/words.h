// The element types of the portable words (README.md), in plain C: the same in every language.
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)

typedef float f32_t;
typedef float f32_wide;
#define wide_of_f32(stored) (stored)
#define f32_of_wide(value) (value)

#if HAVE_F64
typedef double f64_t;
typedef double f64_wide;
#define wide_of_f64(stored) (stored)
#define f64_of_wide(value) (value)
#endif

typedef i8 i8_t;
typedef int i8_wide;
#define wide_of_i8(stored) ((int)(stored))
typedef int i32_t;
typedef int i32_wide;
#define wide_of_i32(stored) (stored)
#define i32_of_wide(value) (value)

typedef u16 bf16_t;
typedef float bf16_wide;
DEVICE float wide_of_bf16(u16 stored) {
  return f32_of_bits((u32)stored << 16);
}
#ifndef BF16_WORDS
DEVICE u16 bf16_of_wide(float value) {
  const u32 bits = bits_of_f32(value);
  const u32 rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const u32 quiet = (bits >> 16) | 0x40u;
  return (u16)((bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
}
#endif

typedef u16 f16_t;
typedef float f16_wide;
#ifndef F16_WORDS
DEVICE float f32_of_f16(u16 stored) {
  const u32 magnitude = (u32)(stored & 0x7fffu);
  const u32 sign = (u32)(stored & 0x8000u) << 16;
  // Normal values get another exponent bias; infinity and NaN keep the highest exponent; subnormal
  // values are integers times 2^-24.
  const u32 normal = (magnitude << 13) + (magnitude >= 0x7c00u ? 0x70000000u : 0x38000000u);
  const float subnormal = (float)(int)magnitude * 5.9604644775390625e-8f;
  return f32_of_bits(sign | (magnitude < 0x400u ? bits_of_f32(subnormal) : normal));
}
DEVICE u16 f16_of_f32(float value) {
  const u32 bits = bits_of_f32(value);
  const u32 magnitude = bits & 0x7fffffffu;
  const u32 sign = (bits >> 16) & 0x8000u;
  const u32 normal = (magnitude - 0x38000000u + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  // Adding 1/2 puts the bits of a subnormal result, rounded, at the end of the significand.
  const u32 subnormal = bits_of_f32(f32_of_bits(magnitude) + 0.5f) - 0x3f000000u;
  u32 out = magnitude < 0x38800000u ? subnormal : normal;
  if (magnitude >= 0x47800000u) out = 0x7c00u;
  if (magnitude > 0x7f800000u) out = 0x7e00u;
  return (u16)(sign | out);
}
#endif
#define wide_of_f16(stored) f32_of_f16(stored)
#define f16_of_wide(value) f16_of_f32(value)

#ifndef pair_of_bf16
#define pair_of_bf16(low, high) ((u32)bf16_of_wide(low) | (u32)bf16_of_wide(high) << 16)
#define pair_of_f16(low, high) ((u32)f16_of_wide(low) | (u32)f16_of_wide(high) << 16)
#endif

#define NEGATIVE_INFINITY f32_of_bits(0xff800000u)
