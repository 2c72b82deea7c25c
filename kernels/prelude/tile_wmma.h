// The tile multiply (README.md) by RDNA 3's WMMA, 16 x 16 x 16 per wavefront of 32. "RDNA3
// Instruction Set Architecture", 7.9: v_wmma_f32_16x16x16_bf16, _f16, v_wmma_i32_16x16x16_iu8: lane
// l holds all depths of row l % 16 of A and of column l % 16 of B, and rows l / 16, l / 16 + 2, …
// of column l % 16 of C. Needs from the prelude: shuffle_xor_f32 and wmma_16x16x16_bf16, _f16, _i8.
#define TILE_VECTORS 8
#define TILE_ROWS 8
#define TILE_C_IS_A 0
#define staged_along_k(along_k) 1
#include "tile_lines.h"

#define TILE_WORDS ((int)(16 * sizeof(staged_t) / 4))
typedef struct {
  u32 part[16 * sizeof(staged_t) / 4];
} TileA;
typedef TileA TileB;
typedef struct {
  acc_lanes part[TILE_VECTORS];
} TileC;

#define tile_row(e) ((e) * 2 + LANE / 16)
#define tile_column(e) (LANE % 16)
#define tile_slot(e) (e)
#define tile_row_max(value, scratch) shuffle_max(value, 4)
#define tile_row_sum(value, scratch) shuffle_sum(value, 4)

DEVICE void load_line(TileA* to, LOCAL const staged_t* from) {
  LOCAL const u32* const words = (LOCAL const u32*)from;
#pragma unroll
  for (int i = 0; i < TILE_WORDS; ++i) to->part[i] = words[i];
}
#define tile_load_a(a, block, row, k, outer, depth, along_k) \
  load_line(a, (block) + tile_a_offset((row) + LANE % 16, k, outer, depth, 1))
#define tile_load_b(b, block, k, column, outer, depth, along_k) \
  load_line(b, (block) + tile_b_offset(k, (column) + LANE % 16, outer, depth, 1))

DEVICE void tile_multiply(TileC* c, const TileA* a, const TileB* b, int depth) {
  CAT(wmma_16x16x16_, OPERAND)(c->part, a->part, b->part);
}
