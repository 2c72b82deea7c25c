// Tile multiply by plain multiply-add, and what every tile multiply gives.
//
// A *team* of TEAM work-items multiplies tiles: C [TILE_M x TILE_N] += A [TILE_M x TILE_K] B
// [TILE_K x TILE_N]. A and B lie in local memory, in *blocks* of `outer` rows of A or columns of B
// by `depth`, whose layout is the tile multiply's own affair:
//   staged_t                  element of a block; STAGED_RAW: it is the operand's own type
//   staged_of(stored)         from the operand's type
//   staged_along_k(along_k)   whether a block runs along k, given that its source does
//   tile_elements(outer, depth, along_k)   of a block, in staged_t
//   tile_a_offset(row, k, outer, depth, along_k)  tile_b_offset(k, column, …)   place of an element
//   TileA TileB TileC         what a work-item holds of a tile
//   tile_load_a(&a, block, row, k, outer, depth, along_k)  tile_load_b(&b, block, k, column, …)
//   tile_multiply(&c, &a, &b, depth)       only the first `depth` <= TILE_K products need count
//   tile_keep_b(&b, nothing)  changes b in a way that the compiler must follow and that 0 undoes
//   TILE_VECTORS              vectors of LANES neighbours in a row, in a work-item's part of C
//   tile_zero(&c)  tile_vector(c, e)  tile_row(e)  tile_column(e)     place of vector e in the tile
//   TILE_ROWS  tile_slot(e)   rows of a tile that a work-item has part in; which of them e lies in
//   tile_row_most(value, scratch)  tile_row_sum(value, scratch)   over the work-items with part in
//                             the same row; scratch: one f32 a work-item of the group
//   TILE_C_IS_A               a TileC can become a TileA without local memory, by tile_a_of_c(&a, &c)
//   UNROLL_TILES UNROLL_PARTS before loops over tiles, and over the vectors of one
// Macros asked for: OPERAND and ACC (types), TILE_M TILE_N TILE_K TEAM LANES; here also
// PANELS: 1 where each tile's elements lie together, which suits a work-item that walks along k,
// and the tile is not held in registers; 0 where the block's rows lie together, TILE_K being 1.
#define staged_t CAT(ACC, _wide)
#define STAGED_RAW 0
#define staged_of(stored) ((staged_t)CAT(wide_of_, OPERAND)(stored))
#define staged_along_k(along_k) 0
#define acc_lanes CAT(ACC, _lanes)

#define ITEM_N (TILE_N / TEAM)
#define ITEM_VECTORS (ITEM_N / LANES)
#define TILE_VECTORS (TILE_M * ITEM_VECTORS)
#define TILE_ROWS TILE_M
// Keeps vectors aligned, and writes along k in different banks.
#define BLOCK_PAD 4
#define TEAM_ITEM (ITEM % TEAM)

typedef struct {
  acc_lanes part[TILE_M][ITEM_VECTORS];
} TileC;

#define tile_vector(c, e) ((c).part[(e) / ITEM_VECTORS][(e) % ITEM_VECTORS])
#define tile_row(e) ((e) / ITEM_VECTORS)
#define tile_column(e) ((((e) % ITEM_VECTORS) * TEAM + TEAM_ITEM) * LANES)
#define tile_slot(e) ((e) / ITEM_VECTORS)

DEVICE void tile_zero(TileC* c) {
#pragma unroll
  for (int e = 0; e < TILE_VECTORS; ++e) tile_vector(*c, e) = CAT(lanes_splat_, ACC)(0);
}

#if PANELS
#define UNROLL_TILES _Pragma("unroll 1")
#define UNROLL_PARTS _Pragma("unroll 1")
#define tile_elements(outer, depth, along_k) ((outer) * (depth))
#define tile_place(at, k, depth, width) \
  ((at) / (width) * ((depth) * (width)) + (k) * (width) + (at) % (width))
#define tile_a_offset(row, k, outer, depth, along_k) tile_place(row, k, depth, TILE_M)
#define tile_b_offset(k, column, outer, depth, along_k) tile_place(column, k, depth, TILE_N)

typedef struct {
  LOCAL const staged_t* at;
} TileA;
typedef TileA TileB;
#define tile_load_a(a, block, row, k, outer, depth, along_k) \
  ((a)->at = (block) + tile_a_offset(row, k, outer, depth, along_k))
#define tile_load_b(b, block, k, column, outer, depth, along_k) \
  ((b)->at = (block) + tile_b_offset(k, column, outer, depth, along_k))

DEVICE void tile_multiply(TileC* c, const TileA* a, const TileB* b, int depth) {
  acc_lanes sum[TILE_M][ITEM_VECTORS];
#pragma unroll
  for (int row = 0; row < TILE_M; ++row) {
#pragma unroll
    for (int v = 0; v < ITEM_VECTORS; ++v) sum[row][v] = c->part[row][v];
  }
  LOCAL const staged_t* from_a = a->at;
  LOCAL const staged_t* from_b = b->at + TEAM_ITEM * LANES;
  for (int k = 0; k < depth; ++k, from_a += TILE_M, from_b += TILE_N) {
    acc_lanes column[ITEM_VECTORS];
#pragma unroll
    for (int v = 0; v < ITEM_VECTORS; ++v) {
      column[v] = CAT(lanes_load_, ACC)(from_b + v * TEAM * LANES);
    }
#pragma unroll
    for (int row = 0; row < TILE_M; ++row) {
#pragma unroll
      for (int v = 0; v < ITEM_VECTORS; ++v) {
        sum[row][v] = CAT(lanes_fma_, ACC)(from_a[row], column[v], sum[row][v]);
      }
    }
  }
#pragma unroll
  for (int row = 0; row < TILE_M; ++row) {
#pragma unroll
    for (int v = 0; v < ITEM_VECTORS; ++v) c->part[row][v] = sum[row][v];
  }
}
#else
#define UNROLL_TILES _Pragma("unroll")
#define UNROLL_PARTS _Pragma("unroll")
#define tile_elements(outer, depth, along_k) (((outer) + BLOCK_PAD) * (depth))
#define tile_a_offset(row, k, outer, depth, along_k) ((k) * ((outer) + BLOCK_PAD) + (row))
#define tile_b_offset(k, column, outer, depth, along_k) ((k) * ((outer) + BLOCK_PAD) + (column))

typedef struct {
  staged_t part[TILE_M];
} TileA;
typedef struct {
  acc_lanes part[ITEM_VECTORS];
} TileB;

DEVICE void tile_load_row(TileA* a, LOCAL const staged_t* from) {
#pragma unroll
  for (int row = 0; row < TILE_M; ++row) a->part[row] = from[row];
}
DEVICE void tile_load_column(TileB* b, LOCAL const staged_t* from) {
#pragma unroll
  for (int v = 0; v < ITEM_VECTORS; ++v) {
    b->part[v] = CAT(lanes_load_, ACC)(from + (v * TEAM + TEAM_ITEM) * LANES);
  }
}
#define tile_load_a(a, block, row, k, outer, depth, along_k) \
  tile_load_row(a, (block) + tile_a_offset(row, k, outer, depth, along_k))
#define tile_load_b(b, block, k, column, outer, depth, along_k) \
  tile_load_column(b, (block) + tile_b_offset(k, column, outer, depth, along_k))

// Floating-point sums keep their order, so only integers could be summed otherwise.
#define KEEP_f32(v, nothing)
#define KEEP_f64(v, nothing)
#define KEEP_i32(v, nothing) ((v) = ((v) ^ (nothing)) + (nothing))
DEVICE void tile_keep_b(TileB* b, int nothing) {
#pragma unroll
  for (int v = 0; v < ITEM_VECTORS; ++v) {
    CAT(KEEP_, ACC)(b->part[v], nothing);
  }
}

DEVICE void tile_multiply(TileC* c, const TileA* a, const TileB* b, int depth) {
#pragma unroll
  for (int row = 0; row < TILE_M; ++row) {
#pragma unroll
    for (int v = 0; v < ITEM_VECTORS; ++v) {
      c->part[row][v] = CAT(lanes_fma_, ACC)(a->part[row], b->part[v], c->part[row][v]);
    }
  }
}
#endif

#define TILE_C_IS_A 0
#if TEAM == 1
#define tile_row_most(value, scratch) (value)
#define tile_row_sum(value, scratch) (value)
#else
DEVICE float tile_row_most(float value, LOCAL float* scratch) {
  barrier_local();
  scratch[ITEM] = value;
  barrier_local();
  for (int i = 0; i < TEAM; ++i) value = max_f32(value, scratch[ITEM / TEAM * TEAM + i]);
  return value;
}
DEVICE float tile_row_sum(float value, LOCAL float* scratch) {
  barrier_local();
  scratch[ITEM] = value;
  barrier_local();
  float sum = 0;
  for (int i = 0; i < TEAM; ++i) sum += scratch[ITEM / TEAM * TEAM + i];
  return sum;
}
#endif
