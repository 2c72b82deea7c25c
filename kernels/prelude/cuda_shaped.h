// The portable words (listed in opencl.h) for languages that copy CUDA C++: what those share. The
// dialect's own file defines, where they differ, the names behind the #ifndefs below.
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
#define DEVICE __device__ __forceinline__
#define SHARED __shared__
#define ITEM ((int)threadIdx.x)
#define GROUP_0 blockIdx.x
#define GROUP_1 blockIdx.y
#define GROUP_2 blockIdx.z
#define barrier_local() __syncthreads()
#define fma_f32(a, b, c) fmaf(a, b, c)
#define fma_f64(a, b, c) fma(a, b, c)
#define exp2_f32(x) exp2f(x)
#define max_f32(a, b) fmaxf(a, b)
#endif
#define GROUP(axis) ((index_t)GROUP_##axis)
#define GLOBAL
#define LOCAL
#define RESTRICT __restrict__
#ifndef LOCAL_MEMORY
// Its size comes with the launch.
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

// Neighbouring work-items form the vectors here.
#undef LANES
#define LANES 1
typedef float f32_lanes;
typedef int i32_lanes;
typedef double f64_lanes;
#define lanes_get_f32(v, i) (v)
#define lanes_get_i32(v, i) (v)
#define lanes_get_f64(v, i) (v)
#define lanes_load_f32(p) (*(p))
#define lanes_load_i32(p) (*(p))
#define lanes_load_f64(p) (*(p))
#define lanes_store_f32(v, p) (*(p) = (v))
#define lanes_store_i32(v, p) (*(p) = (v))
#define lanes_store_f64(v, p) (*(p) = (v))
#define lanes_sum_f32(v) (v)
#define lanes_most_f32(v) (v)
#define lanes_exp2(v) exp2_f32(v)
#define lanes_until(v, valid) ((valid) > 0 ? (v) : f32_of_bits(0xff800000u))
#define lanes_max(v, w) max_f32(v, w)
#define lanes_splat_f32(x) (x)
#define lanes_splat_i32(x) (x)
#define lanes_splat_f64(x) (x)
#define lanes_fma_f32(scalar, v, w) fma_f32(scalar, v, w)
#define lanes_fma_i32(scalar, v, w) ((scalar) * (v) + (w))
#define lanes_fma_f64(scalar, v, w) fma_f64(scalar, v, w)

#include "words.h"
