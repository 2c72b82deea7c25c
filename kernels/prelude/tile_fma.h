// The tile multiply (README.md) by plain multiply-adds. PANELS: 1 where the elements of each tile
// lie together, which suits a work-item that walks along k and keeps no tile of A and B in
// registers; 0 where the rows of a block lie together, and TILE_K is 1.
#define staged_t CAT(ACC, _wide)
#define STAGED_RAW 0
#define staged_of(stored) ((staged_t)CAT(wide_of_, OPERAND)(stored))
#define staged_along_k(along_k) 0
#define acc_lanes CAT(ACC, _lanes)

#define ITEM_N (TILE_N / TEAM)
#define ITEM_VECTORS (ITEM_N / LANES)
#define TILE_VECTORS (TILE_M * ITEM_VECTORS)
#define TILE_ROWS TILE_M
// Keeps vectors aligned, and puts writes along k into different banks.
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

// Compilers keep the order of floating-point sums, so only integers need this.
#define KEEP_f32(v, zero)
#define KEEP_f64(v, zero)
#define KEEP_i32(v, zero) ((v) = ((v) ^ (zero)) + (zero))
DEVICE void tile_keep_b(TileB* b, int zero) {
#pragma unroll
  for (int v = 0; v < ITEM_VECTORS; ++v) {
    CAT(KEEP_, ACC)(b->part[v], zero);
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
#define tile_row_max(value, scratch) (value)
#define tile_row_sum(value, scratch) (value)
#else
DEVICE float tile_row_max(float value, LOCAL float* scratch) {
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
