// The functions of a CUDA-like prelude that a dialect may define itself, for the emulated machine.
#include "tests/emulation/machine.h"

#define KERNEL(name, items) void name
#define DEVICE [[maybe_unused]] static inline
#define LOCAL_MEMORY(name, bytes) \
  u8* const name = reinterpret_cast<u8*>(assay::emulation::local_memory)
#define ITEM (assay::emulation::place.item)
#define GROUP_0 assay::emulation::place.group[0]
#define GROUP_1 assay::emulation::place.group[1]
#define GROUP_2 assay::emulation::place.group[2]
#define barrier_local() assay::emulation::arrive()
#define fma_f32(a, b, c) std::fma(a, b, c)
#define fma_f64(a, b, c) std::fma(a, b, c)
#define exp2_f32(x) std::exp2(x)
#define max_f32(a, b) std::fmax(a, b)

struct alignas(16) Words4 {
  unsigned int x, y, z, w;
};
#define WORDS4 Words4

static float f32_of_f16(unsigned short stored);
static float wide_of_bf16(unsigned short stored);

#define shuffle_xor_f32(value, mask) assay::emulation::shuffle_xor(value, mask, TEAM)
#define load_matrices(to, line, transposed) assay::emulation::load_matrices(to, line, transposed)
#define mma_16x8_bf16(c, a, b) assay::emulation::mma_16x8(c, a, b, wide_of_bf16)
#define mma_16x8_f16(c, a, b) assay::emulation::mma_16x8(c, a, b, f32_of_f16)
#define mma_16x8_i8(c, a, b) assay::emulation::mma_16x8(c, a, b)
#define mfma_16x16_bf16(c, a, b) assay::emulation::mfma_16x16(c, a, b, wide_of_bf16)
#define mfma_16x16_f16(c, a, b) assay::emulation::mfma_16x16(c, a, b, f32_of_f16)
#define mfma_16x16_i8(c, a, b) assay::emulation::mfma_16x16(c, a, b)
#define wmma_16x16x16_bf16(c, a, b) assay::emulation::wmma_16x16x16(c, a, b, wide_of_bf16)
#define wmma_16x16x16_f16(c, a, b) assay::emulation::wmma_16x16x16(c, a, b, f32_of_f16)
#define wmma_16x16x16_i8(c, a, b) assay::emulation::wmma_16x16x16(c, a, b)
