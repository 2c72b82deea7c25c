// The tile multiply (README.md) by AMD's matrix cores, 16 x 16 x 16 per wavefront of 64, with 8-bit
// integers 16 x 16 x 32. "AMD Instinct MI200 Instruction Set Architecture" and "MI300", matrix
// arithmetic instructions: v_mfma_f32_16x16x16_bf16_1k, v_mfma_f32_16x16x16_f16,
// v_mfma_i32_16x16x32_i8 (MI300), v_mfma_i32_16x16x16_i8 (MI200, twice: the order of depths does
// not matter if A and B have the same). Lane l holds row l % 16 of A and column l % 16 of B at
// depths w (l / 16) … + w - 1, w filling 8 bytes, and rows 4 (l / 16) … + 3 of column l % 16 of C.
// Needs from the prelude: shuffle_xor_f32 and mfma_16x16_bf16, _f16, _i8.
#define TILE_VECTORS 4
#define TILE_ROWS 4
#define TILE_C_IS_A 0
#define staged_along_k(along_k) 1
#include "tile_lines.h"

// Consecutive elements of a lane.
#define LANE_DEPTH ((int)(8 / sizeof(staged_t)))
typedef struct {
  u32 part[2];
} TileA;
typedef TileA TileB;
typedef struct {
  acc_lanes part[TILE_VECTORS];
} TileC;

#define tile_row(e) (LANE / 16 * 4 + (e))
#define tile_column(e) (LANE % 16)
#define tile_slot(e) (e)
#define tile_row_max(value, scratch) shuffle_max(value, 4)
#define tile_row_sum(value, scratch) shuffle_sum(value, 4)

DEVICE void load_depths(TileA* to, LOCAL const staged_t* from) {
  LOCAL const u32* const words = (LOCAL const u32*)from;
  to->part[0] = words[0];
  to->part[1] = words[1];
}
#define tile_load_a(a, block, row, k, outer, depth, along_k)                                     \
  load_depths(a, (block) + tile_a_offset((row) + LANE % 16, (k) + LANE / 16 * LANE_DEPTH, outer, \
                                         depth, 1))
#define tile_load_b(b, block, k, column, outer, depth, along_k)                                     \
  load_depths(b, (block) + tile_b_offset((k) + LANE / 16 * LANE_DEPTH, (column) + LANE % 16, outer, \
                                         depth, 1))

DEVICE void tile_multiply(TileC* c, const TileA* a, const TileB* b, int depth) {
  CAT(mfma_16x16_, OPERAND)(c->part, a->part, b->part);
}
