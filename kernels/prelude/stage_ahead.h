// Fills blocks of local memory (README.md) that follow each other along k. The work-items copy runs
// of 16 bytes, the same ones of each block, so that pointers need only advance from block to block.
// Runs beyond the last row or column copy another one: their products are of rows and columns that
// do not exist. All blocks must be whole along k. Needs stage.h.
#define AHEAD_RUN ((int)(16 / sizeof(operand_t)))
#define ahead_length(outer, depth, along_k) ((along_k) ? (depth) : (outer))
#define ahead_side_by_side(outer, depth, along_k) (ahead_length(outer, depth, along_k) / AHEAD_RUN)
#define ahead_step(outer, depth, along_k) (GROUP_ITEMS / ahead_side_by_side(outer, depth, along_k))

// Whether the runs of a block divide among the work-items, each with runs at the same place of lines.
#define ahead_fits(outer, depth, along_k)                            \
  (ahead_length(outer, depth, along_k) % AHEAD_RUN == 0 &&           \
   GROUP_ITEMS % ahead_side_by_side(outer, depth, along_k) == 0 &&   \
   (outer) * (depth) / AHEAD_RUN % GROUP_ITEMS == 0)
// Runs of a work-item.
#define ahead_runs(fits, outer, depth) ((fits) ? (outer) * (depth) / AHEAD_RUN / GROUP_ITEMS : 1)

// Finds a work-item's runs of the block at (outer, k): returns the first one, and in `offsets` how
// many elements after it each one begins: `pitch` is below 2^24, and blocks are of at most 256 lines.
DEVICE GLOBAL const operand_t* ahead_begin(u32* offsets, const int count,
                                           GLOBAL const operand_t* from, index_t pitch,
                                           index_t outer, index_t outers, index_t k,
                                           const int along_k, const int block_outer,
                                           const int block_depth) {
  const int side_by_side = ahead_side_by_side(block_outer, block_depth, along_k);
  const int first = ITEM / side_by_side, place = ITEM % side_by_side * AHEAD_RUN;
  // From `outer` on.
  const index_t last = outers - outer - (along_k ? 1 : AHEAD_RUN);
  const int nearest = (along_k ? first : place) < last ? (along_k ? first : place) : (int)last;
#pragma unroll
  for (int i = 0; i < count; ++i) {
    const int line = i * ahead_step(block_outer, block_depth, along_k);
    const int at = along_k && first + line < last ? first + line : (int)last;
    offsets[i] = (u32)(along_k ? at - nearest : line) * (u32)pitch;
  }
  return from + (along_k ? (outer + nearest) * pitch + k + place
                         : (k + first) * pitch + outer + nearest);
}

// Fills a block from the runs that begin at `from`. The next block's are block_depth depths further.
DEVICE void ahead_stage(LOCAL staged_t* block, GLOBAL const operand_t* from, const u32* offsets,
                        const int count, const int is_b, const int along_k, const int block_outer,
                        const int block_depth) {
  const int side_by_side = ahead_side_by_side(block_outer, block_depth, along_k);
  const int first = ITEM / side_by_side, place = ITEM % side_by_side * AHEAD_RUN;
#define AHEAD_PLACE(line, place)                                                                 \
  (is_b ? tile_b_offset(along_k ? (place) : (line), along_k ? (line) : (place), block_outer,     \
                        block_depth, along_k)                                                    \
        : tile_a_offset(along_k ? (line) : (place), along_k ? (place) : (line), block_outer,     \
                        block_depth, along_k))
  LOCAL staged_t* const to = block + AHEAD_PLACE(first, place);
#pragma unroll
  for (int i = 0; i < count; ++i) {
    stage_16(to + AHEAD_PLACE(i * ahead_step(block_outer, block_depth, along_k), 0),
             from + offsets[i]);
  }
}

// Fills a block from the lines `first` … of a matrix, each `pitch` elements after the one before.
// Lines from `end` on are copies of the last one, so their products must not count or be finite
// and times zero.
DEVICE void ahead_lines(LOCAL staged_t* block, GLOBAL const operand_t* from, int pitch, int first,
                        int end, const int is_b, const int along_k, const int block_outer,
                        const int block_depth) {
  const int side_by_side = ahead_side_by_side(block_outer, block_depth, along_k);
  const int step = ahead_step(block_outer, block_depth, along_k);
  const int count = ahead_runs(1, block_outer, block_depth);
  const int own = ITEM / side_by_side, place = ITEM % side_by_side * AHEAD_RUN;
  LOCAL staged_t* const to = block + AHEAD_PLACE(own, place);
#pragma unroll
  for (int i = 0; i < count; ++i) {
    const int wanted = first + own + i * step, line = wanted < end ? wanted : end - 1;
    stage_16(to + AHEAD_PLACE(i * step, 0), from + place + (u32)line * (u32)pitch);
  }
}
