// The portable words (README.md) in CUDA C++ for NVRTC; PTX where CUDA C++ would need a header.
// PTX ISA 8: cvt, ex2, cp.async (sm_80 and newer).
// Without the 1 the compiler spills registers to make room for a second work-group.
#define KERNEL(name, items) extern "C" __global__ void __launch_bounds__(items, 1) name

#define F16_WORDS 1
__device__ __forceinline__ float f32_of_f16(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}
__device__ __forceinline__ unsigned short f16_of_f32(float value) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}

#if __CUDA_ARCH__ >= 800
// Relative error below 2^-22; results below 2^-126 are zero.
__device__ __forceinline__ float exp2_near(float value) {
  asm("ex2.approx.ftz.f32 %0, %0;" : "+f"(value));
  return value;
}
#define exp2_f32(x) exp2_near(x)

#define BF16_WORDS 1
__device__ __forceinline__ unsigned short bf16_of_wide(float value) {
  unsigned short bits;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}
#define PAIR_WORD(name, conversion)                                                 \
  __device__ __forceinline__ unsigned int name##_rounded(float low, float high) {   \
    unsigned int bits;                                                              \
    asm(conversion " %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));              \
    return bits;                                                                    \
  }
PAIR_WORD(pair_of_bf16, "cvt.rn.bf16x2.f32")
PAIR_WORD(pair_of_f16, "cvt.rn.f16x2.f32")
#define pair_of_bf16(low, high) pair_of_bf16_rounded(low, high)
#define pair_of_f16(low, high) pair_of_f16_rounded(low, high)

__device__ __forceinline__ void stage_16_async(void* to, const void* from) {
  const unsigned int address = (unsigned int)__cvta_generic_to_shared(to);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
}
#define stage_16(to, from) stage_16_async(to, from)
#define stage_commit() asm volatile("cp.async.commit_group;" ::: "memory")
#define stage_wait(pending) asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory")
#endif

// For tile_mma_sync.h.
#if __CUDA_ARCH__ >= 800
__device__ __forceinline__ float shuffle_xor_f32(float value, int mask) {
  return __shfl_xor_sync(0xffffffffu, value, mask);
}
__device__ __forceinline__ void load_matrices(unsigned int* to, const void* line,
                                              const int transposed) {
  const unsigned int address = (unsigned int)__cvta_generic_to_shared(line);
  if (transposed) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(address)
                 : "memory");
  }
}
#define MMA_16X8(name, shape, real, constraint)                                                 \
  __device__ __forceinline__ void name(real* c, const unsigned int* a, const unsigned int* b) { \
    asm volatile("mma.sync.aligned." shape                                                      \
                 " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"             \
                 : constraint(c[0]), constraint(c[1]), constraint(c[2]), constraint(c[3])       \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));           \
  }
MMA_16X8(mma_16x8_bf16, "m16n8k16.row.col.f32.bf16.bf16.f32", float, "+f")
MMA_16X8(mma_16x8_f16, "m16n8k16.row.col.f32.f16.f16.f32", float, "+f")
MMA_16X8(mma_16x8_i8, "m16n8k32.row.col.s32.s8.s8.s32", int, "+r")
#endif

#include "cuda_shaped.h"
