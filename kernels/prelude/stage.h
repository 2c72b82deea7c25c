// Filling a block of local memory (tile_fma.h) from an operand. Asks for operand_t and GROUP_ITEMS.
typedef union {
  words4_t words;
  operand_t elements[16 / sizeof(operand_t)];
} Vector;

// Reads the part of an operand that starts at (outer, k) into a block, with zeros beyond its ends.
// Unrolled by its constant arguments: `is_b` tells which block it is, `wished_run` how many elements are
// read at once where lines divide by it, `wished_alignment` that runs are of 16 bytes at multiples of 16.
DEVICE void stage(LOCAL staged_t* block, GLOBAL const operand_t* from, index_t pitch, index_t outer,
                  index_t outers, index_t k, index_t depth, const int is_b, const int along_k,
                  const int block_outer, const int block_depth, const int wished_run, const int wished_alignment) {
  const int length = along_k ? block_depth : block_outer;
  const int lines = along_k ? block_outer : block_depth;
  const int whole = length % wished_run == 0;
  const int run = whole ? wished_run : 1, aligned = whole && wished_alignment;
  const int runs = length / run;
  const int abreast = runs < GROUP_ITEMS ? runs : GROUP_ITEMS;
  const int staged = staged_along_k(along_k);
  (void)staged;
  const index_t along = along_k ? depth - k : outers - outer;
  const index_t across = along_k ? outers - outer : depth - k;
  for (int line = ITEM / abreast; line < lines; line += GROUP_ITEMS / abreast) {
    GLOBAL const operand_t* const source =
        from + (along_k ? (outer + line) * pitch + k : (k + line) * pitch + outer);
    for (int place = ITEM % abreast * run; place < length; place += abreast * run) {
      const index_t left = line < across ? along - place : 0;
#define STAGED_PLACE(i)                                                                         \
  (is_b ? tile_b_offset(along_k ? place + (i) : line, along_k ? line : place + (i), block_outer, \
                        block_depth, staged)                                                        \
        : tile_a_offset(along_k ? line : place + (i), along_k ? place + (i) : line, block_outer, \
                        block_depth, staged))
      if (aligned && left > 0) {
#if STAGED_RAW
        if (staged == along_k) {
          stage_16(block + STAGED_PLACE(0), source + place);
          continue;
        }
#endif
        Vector vector;
        vector.words = *(GLOBAL const words4_t*)(source + place);
#pragma unroll
        for (int i = 0; i < run; ++i) block[STAGED_PLACE(i)] = staged_of(vector.elements[i]);
      } else if (!aligned && left >= run) {
#pragma unroll
        for (int i = 0; i < run; ++i) block[STAGED_PLACE(i)] = staged_of(source[place + i]);
      } else {
        for (int i = 0; i < run; ++i) {
          block[STAGED_PLACE(i)] = i < left ? staged_of(source[place + i]) : (staged_t)0;
        }
      }
    }
  }
}

