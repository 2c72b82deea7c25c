// Values of narrow element types and of scales, from their bits in the low end of a word, in plain
// C: the same in every language. Every value is exact in f32.
#define value_of_f32(bits) f32_of_bits(bits)
#define value_of_bf16(bits) wide_of_bf16((u16)(bits))
#define value_of_f16(bits) wide_of_f16((u16)(bits))
#define value_of_i4(bits) ((float)((int)((bits) << 28) >> 28))

// A sign, an exponent and a mantissa as in IEEE 754. `special`: the first magnitude that is no
// finite value; these become NaN, or infinity where `infinite` is 1 and the mantissa 0.
DEVICE float narrow_float(u32 bits, const int exponent_bits, const int mantissa_bits,
                          const u32 special, const int infinite) {
  const u32 magnitude = bits & ((1u << (exponent_bits + mantissa_bits)) - 1u);
  const u32 sign = (bits >> (exponent_bits + mantissa_bits) & 1u) << 31;
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const u32 normal = (magnitude << (23 - mantissa_bits)) + ((u32)(127 - bias) << 23);
  // Subnormal values are whole numbers times the smallest of them.
  const float smallest = f32_of_bits((u32)(128 - bias - mantissa_bits) << 23);
  const float subnormal = (float)(int)magnitude * smallest;
  u32 value = magnitude < 1u << mantissa_bits ? bits_of_f32(subnormal) : normal;
  if (magnitude >= special) value = infinite && magnitude == special ? 0x7f800000u : 0x7fc00000u;
  return f32_of_bits(sign | value);
}
#define value_of_f8e4m3(bits) narrow_float(bits, 4, 3, 0x7fu, 0)
#define value_of_f8e5m2(bits) narrow_float(bits, 5, 2, 0x7cu, 1)
#define value_of_f6e3m2(bits) narrow_float(bits, 3, 2, 0x20u, 0)
#define value_of_f6e2m3(bits) narrow_float(bits, 2, 3, 0x20u, 0)
#define value_of_f4e2m1(bits) narrow_float(bits, 2, 1, 0x08u, 0)

// The lowest exponent is that of a subnormal f32, the highest code NaN.
DEVICE float value_of_f8e8m0(u32 bits) {
  const u32 power = bits == 0u ? 0x00400000u : bits << 23;
  return f32_of_bits(bits == 255u ? 0x7fc00000u : power);
}

// Element `index` of an array of elements of so many bits, packed from the low bits of each byte
// on. `bits` is 4, 6, 8, 16 or 32.
DEVICE u32 bits_at(GLOBAL const u8* from, index_t index, const int bits) {
  if (bits >= 8) {
    u32 value = 0;
    for (int i = 0; i < bits / 8; ++i) value |= (u32)from[index * (bits / 8) + i] << (8 * i);
    return value;
  }
  const index_t bit = index * bits;
  GLOBAL const u8* const at = from + (bit >> 3);
  const int shift = (int)(bit & 7);
  u32 value = at[0];
  if (shift + bits > 8) value |= (u32)at[1] << 8;
  return value >> shift & ((1u << bits) - 1u);
}
