// The tile multiply (README.md) by PTX's mma.sync, 16 x 16 x 16, with 8-bit integers 16 x 16 x 32:
// two instructions of m16n8 side by side. PTX ISA 8.3, "Matrix multiply-accumulate operation using
// mma instruction": element layouts of m16n8k16 (16-bit) and m16n8k32 (8-bit), and "ldmatrix".
// Needs from the prelude: load_matrices, shuffle_xor_f32 and mma_16x8_bf16, _f16, _i8.
#define TILE_VECTORS 8
#define TILE_ROWS 2
#define TILE_C_IS_A 1
// ldmatrix transposes 16-bit elements, not bytes.
#define staged_along_k(along_k) ((along_k) || sizeof(CAT(OPERAND, _t)) == 1)
#include "tile_lines.h"

typedef struct {
  u32 part[4];
} TileA;
typedef TileA TileB;
typedef struct {
  acc_lanes part[TILE_VECTORS];
} TileC;

// A lane holds pairs of neighbouring columns: one in each row of both halves of both instructions.
#define tile_row(e) (LANE / 4 + (e) / 2 % 2 * 8)
#define tile_column(e) ((e) / 4 * 8 + LANE % 4 * 2 + (e) % 2)
#define tile_slot(e) ((e) / 2 % 2)
#define tile_row_max(value, scratch) shuffle_max(value, 2)
#define tile_row_sum(value, scratch) shuffle_sum(value, 2)

// Lanes 8 q … 8 q + 7 name the lines of 16 bytes of matrix q. For A: rows 0-7 and 8-15, then the
// same with the second half of k; for B: both halves of k, then the same for columns 8-15. A lane's
// own place comes first, so that compilers find the rest to be the same number for all tiles.
DEVICE void tile_load_a(TileA* a, LOCAL const staged_t* block, int row, int k, const int outer,
                        const int depth, const int along_k) {
  const int half = 16 / (int)sizeof(staged_t);
  const int at = along_k ? LANE % 8 + LANE / 8 % 2 * 8 : LANE / 8 % 2 * 8;
  const int depth_at = along_k ? LANE / 16 * half : LANE % 8 + LANE / 16 * 8;
  LOCAL const staged_t* const own = block + tile_a_offset(at, depth_at, outer, depth, along_k);
  load_matrices(a->part, own + tile_a_offset(row, k, outer, depth, along_k), !along_k);
}
DEVICE void tile_load_b(TileB* b, LOCAL const staged_t* block, int k, int column, const int outer,
                        const int depth, const int along_k) {
  const int half = 16 / (int)sizeof(staged_t);
  const int at = along_k ? LANE % 8 + LANE / 16 * 8 : LANE / 16 * 8;
  const int depth_at = along_k ? LANE / 8 % 2 * half : LANE % 8 + LANE / 8 % 2 * 8;
  LOCAL const staged_t* const own = block + tile_b_offset(depth_at, at, outer, depth, along_k);
  load_matrices(b->part, own + tile_b_offset(k, column, outer, depth, along_k), !along_k);
}

DEVICE void tile_multiply(TileC* c, const TileA* a, const TileB* b, int depth) {
  CAT(mma_16x8_, OPERAND)(c->part, a->part, b->part);
  CAT(mma_16x8_, OPERAND)(c->part + 4, a->part, b->part + 2);
}

#define PAIR(low, high) CAT(pair_of_, OPERAND)(low, high)
// The columns of C become the depth of A, element by element.
#define tile_a_of_c(a, c)                                        \
  {                                                              \
    (a)->part[0] = PAIR((c)->part[0], (c)->part[1]);             \
    (a)->part[1] = PAIR((c)->part[2], (c)->part[3]);             \
    (a)->part[2] = PAIR((c)->part[4], (c)->part[5]);             \
    (a)->part[3] = PAIR((c)->part[6], (c)->part[7]);             \
  }
