// The portable words (README.md) for languages that copy CUDA C++: the common part. Where a dialect
// differs, its own file defines the names inside the #ifndefs below.
typedef long long index_t;
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;
typedef signed char i8;

#ifndef WORDS4
#define WORDS4 uint4
#endif
typedef WORDS4 words4_t;

#ifndef KERNEL
#define KERNEL(name, items) extern "C" __global__ void __launch_bounds__(items) name
#endif
#ifndef DEVICE
#define DEVICE __device__ __forceinline__
#define SHARED __shared__
#define ITEM ((int)threadIdx.x)
#define GROUP_0 blockIdx.x
#define GROUP_1 blockIdx.y
#define GROUP_2 blockIdx.z
#define barrier_local() __syncthreads()
#define fma_f32(a, b, c) fmaf(a, b, c)
#define fma_f64(a, b, c) fma(a, b, c)
#define max_f32(a, b) fmaxf(a, b)
#endif
#ifndef exp2_f32
#define exp2_f32(x) exp2f(x)
#endif
#define GROUP(axis) ((index_t)GROUP_##axis)
#define GLOBAL
#define LOCAL
#define RESTRICT __restrict__
#ifndef LOCAL_MEMORY
// The launch gives its size.
#define LOCAL_MEMORY(name, bytes)     \
  extern SHARED words4_t name##_words[]; \
  u8* const name = (u8*)name##_words
#endif

union BitsF32 {
  float value;
  u32 bits;
};
DEVICE u32 bits_of_f32(float value) {
  BitsF32 both;
  both.value = value;
  return both.bits;
}
DEVICE float f32_of_bits(u32 bits) {
  BitsF32 both;
  both.bits = bits;
  return both.value;
}

#ifndef stage_16
#define stage_16(to, from) (*(words4_t*)(to) = *(const words4_t*)(from))
#define stage_commit()
#define stage_wait(pending)
#endif

// Here neighbouring work-items form the vectors.
#undef LANES
#define LANES 1
typedef double f64_lanes;
#include "one_lane.h"
#define lanes_max(v, w) max_f32(v, w)
#define lanes_splat_f32(x) (x)
#define lanes_splat_i32(x) (x)
#define lanes_splat_f64(x) (x)
#define lanes_fma_f32(scalar, v, w) fma_f32(scalar, v, w)
#define lanes_fma_i32(scalar, v, w) ((scalar) * (v) + (w))
#define lanes_fma_f64(scalar, v, w) fma_f64(scalar, v, w)

#include "words.h"
