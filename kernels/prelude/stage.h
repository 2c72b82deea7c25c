// Fills a block of local memory (README.md) from an operand. Needs operand_t and GROUP_ITEMS.
typedef union {
  words4_t words;
  operand_t elements[16 / sizeof(operand_t)];
} Vector;

// Where lines lie in pages: line l at line l % page of page table[l / page], and pages begin `step`
// lines apart. Without a table lines lie in order.
#ifndef PAGED
#define PAGED 0
#endif
#if PAGED
typedef struct {
  GLOBAL const int* table;
  int page;
  index_t step;
} Pages;
DEVICE index_t place_of_line(Pages pages, index_t line, int exists) {
  if (!pages.table) return line;
  return exists ? pages.table[(int)line / pages.page] * pages.step + (int)line % pages.page : 0;
}
#else
typedef int Pages;
#define place_of_line(pages, line, exists) (line)
#endif

// Reads the part of an operand that starts at (outer, k) into a block, with zeros beyond its ends.
// Constant arguments, so that loops unroll: `is_b`: a block of B, else of A; `wanted_run`: elements
// to read at once where the length of a line is a multiple; `wanted_alignment`: such a run is 16
// bytes at a multiple of 16.
DEVICE void stage_pages(LOCAL staged_t* block, GLOBAL const operand_t* from, Pages pages,
                        index_t pitch, index_t outer, index_t outers, index_t k, index_t depth,
                        const int is_b, const int along_k, const int block_outer,
                        const int block_depth, const int wanted_run, const int wanted_alignment) {
  const int length = along_k ? block_depth : block_outer;
  const int lines = along_k ? block_outer : block_depth;
  const int whole = length % wanted_run == 0;
  const int run = whole ? wanted_run : 1, aligned = whole && wanted_alignment;
  const int runs = length / run;
  const int side_by_side = runs < GROUP_ITEMS ? runs : GROUP_ITEMS;
  const int staged = staged_along_k(along_k);
  (void)staged;
  const index_t along = along_k ? depth - k : outers - outer;
  const index_t across = along_k ? outers - outer : depth - k;
  for (int line = ITEM / side_by_side; line < lines; line += GROUP_ITEMS / side_by_side) {
    GLOBAL const operand_t* const source =
        from + (along_k ? place_of_line(pages, outer + line, line < across) * pitch + k
                        : place_of_line(pages, k + line, line < across) * pitch + outer);
    for (int place = ITEM % side_by_side * run; place < length; place += side_by_side * run) {
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

DEVICE void stage(LOCAL staged_t* block, GLOBAL const operand_t* from, index_t pitch, index_t outer,
                  index_t outers, index_t k, index_t depth, const int is_b, const int along_k,
                  const int block_outer, const int block_depth, const int wanted_run,
                  const int wanted_alignment) {
#if PAGED
  Pages in_order;
  in_order.table = 0;
  in_order.page = 1;
  in_order.step = 0;
#else
  const Pages in_order = 0;
#endif
  stage_pages(block, from, in_order, pitch, outer, outers, k, depth, is_b, along_k, block_outer,
              block_depth, wanted_run, wanted_alignment);
}
