// Fills a block of local memory (README.md) from an operand of any type: each element is decoded,
// multiplied by the scale of its block, and kept in the type OPERAND. Included once for each operand
// with these macros: STAGE, the name of the function; SOURCE_ELEMENT and SOURCE_BITS, the type of
// its elements; SOURCE_BLOCK, elements that share a scale, 0 without scales; SOURCE_SCALE and
// SOURCE_SCALE_BITS, the type of the scales. Blocks run along k and divide it. Needs GROUP_ITEMS.
//
// The block starts at (outer, k) of a matrix that begins with element `first` of the array; scale 0
// of the array is at byte `scales`. Zeros beyond the ends. Constant arguments: see stage.h.
DEVICE void STAGE(LOCAL staged_t* block, GLOBAL const u8* from, index_t scales, index_t first,
                  index_t pitch, index_t outer, index_t outers, index_t k, index_t depth,
                  const int is_b, const int along_k, const int block_outer, const int block_depth) {
  const int length = along_k ? block_depth : block_outer;
  const int lines = along_k ? block_outer : block_depth;
  const int run = length % 8 == 0 ? 8 : 1;  // within one block of elements, as these are of 16 or more
  const int runs = length / run;
  const int side_by_side = runs < GROUP_ITEMS ? runs : GROUP_ITEMS;
  const int staged = staged_along_k(along_k);
  (void)staged;
  const index_t along = along_k ? depth - k : outers - outer;
  const index_t across = along_k ? outers - outer : depth - k;
  for (int line = ITEM / side_by_side; line < lines; line += GROUP_ITEMS / side_by_side) {
    const index_t begin = first + (along_k ? (outer + line) * pitch + k : (k + line) * pitch + outer);
    for (int place = ITEM % side_by_side * run; place < length; place += side_by_side * run) {
      const index_t left = line < across ? along - place : 0;
      float scale = 1;
#if SOURCE_BLOCK
      if (left > 0) {
        const u32 bits = bits_at(from + scales, (begin + place) / SOURCE_BLOCK, SOURCE_SCALE_BITS);
        scale = CAT(value_of_, SOURCE_SCALE)(bits);
      }
#endif
      for (int i = 0; i < run; ++i) {
        float value = 0;
        if (i < left) {
          const u32 bits = bits_at(from, begin + place + i, SOURCE_BITS);
          value = CAT(value_of_, SOURCE_ELEMENT)(bits) * scale;
        }
        const int at_k = along_k ? place + i : line, at_outer = along_k ? line : place + i;
        const int at = is_b ? tile_b_offset(at_k, at_outer, block_outer, block_depth, staged)
                            : tile_a_offset(at_outer, at_k, block_outer, block_depth, staged);
        block[at] = staged_of(CAT(OPERAND, _of_wide)(value));
      }
    }
  }
}
