// Blocks of local memory for tile multiplies where the hardware takes operands in their own type:
// lines in the direction of the source or, where the tile multiply requires it, along k. Each line
// is padded by 16 bytes, so that 16-byte runs of neighbouring lines are in different banks.
#define staged_t CAT(OPERAND, _t)
#define STAGED_RAW 1
#define staged_of(stored) (stored)
#define acc_lanes CAT(ACC, _lanes)
#define UNROLL_TILES _Pragma("unroll")
#define UNROLL_PARTS _Pragma("unroll")
#define BLOCK_PAD ((int)(16 / sizeof(staged_t)))
#define LANE (ITEM % TEAM)

#define tile_elements(outer, depth, along_k) \
  ((along_k) ? (outer) * ((depth) + BLOCK_PAD) : (depth) * ((outer) + BLOCK_PAD))
#define tile_line_offset(at, k, outer, depth, along_k) \
  ((along_k) ? (at) * ((depth) + BLOCK_PAD) + (k) : (k) * ((outer) + BLOCK_PAD) + (at))
#define tile_a_offset(row, k, outer, depth, along_k) tile_line_offset(row, k, outer, depth, along_k)
#define tile_b_offset(k, column, outer, depth, along_k) \
  tile_line_offset(column, k, outer, depth, along_k)

// Compilers do not simplify matrix instructions.
#define tile_keep_b(b, zero)
#define tile_vector(c, e) ((c).part[e])
#define tile_zero(c)                                                        \
  {                                                                         \
    _Pragma("unroll") for (int e = 0; e < TILE_VECTORS; ++e)(c)->part[e] = 0; \
  }

// Largest value and sum over the 2^steps lanes with numbers that differ in the lowest `steps` bits.
DEVICE float shuffle_max(float value, const int steps) {
#pragma unroll
  for (int step = 0; step < steps; ++step) {
    value = max_f32(value, shuffle_xor_f32(value, 1 << step));
  }
  return value;
}
DEVICE float shuffle_sum(float value, const int steps) {
#pragma unroll
  for (int step = 0; step < steps; ++step) value += shuffle_xor_f32(value, 1 << step);
  return value;
}
