// The portable words (README.md) in OpenCL C 1.2.
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif
#pragma OPENCL FP_CONTRACT ON

typedef long index_t;
typedef uint u32;
typedef ushort u16;
typedef uchar u8;
typedef char i8;
typedef uint4 words4_t;

#define KERNEL(name, items) \
  __kernel __attribute__((reqd_work_group_size(items, 1, 1))) void name
#define DEVICE static inline __attribute__((always_inline))
#define GLOBAL __global
#define LOCAL __local
#define RESTRICT restrict
#define LOCAL_MEMORY(name, bytes)                 \
  __local words4_t name##_words[((bytes) + 15) / 16]; \
  __local u8* const name = (__local u8*)name##_words
#define ITEM ((int)get_local_id(0))
#define GROUP(axis) ((index_t)get_group_id(axis))
#define barrier_local() barrier(CLK_LOCAL_MEM_FENCE)

#define bits_of_f32(value) as_uint(value)
#define f32_of_bits(bits) as_float(bits)
#ifdef FP_FAST_FMAF
#define fma_f32(a, b, c) fma(a, b, c)
#else
#define fma_f32(a, b, c) mad(a, b, c)
#endif
#define fma_f64(a, b, c) fma(a, b, c)
#define exp2_f32(x) exp2(x)
#define max_f32(a, b) fmax(a, b)

#define stage_16(to, from) (*(LOCAL words4_t*)(to) = *(GLOBAL const words4_t*)(from))
#define stage_commit()
#define stage_wait(pending)

#ifndef LANES
#define LANES 1
#endif
#define LANES_PASTE_(type, count) type##count
#define LANES_PASTE(type, count) LANES_PASTE_(type, count)
#if LANES == 1
#include "one_lane.h"
#else
typedef LANES_PASTE(float, LANES) f32_lanes;
typedef LANES_PASTE(int, LANES) i32_lanes;
#define lanes_get_f32(v, i) (((const float*)&(v))[i])
#define lanes_get_i32(v, i) (((const int*)&(v))[i])
#define lanes_get_f64(v, i) (((const double*)&(v))[i])
#define lanes_load_f32(p) LANES_PASTE(vload, LANES)(0, p)
#define lanes_load_i32(p) LANES_PASTE(vload, LANES)(0, p)
#define lanes_load_f64(p) LANES_PASTE(vload, LANES)(0, p)
#define lanes_store_f32(v, p) LANES_PASTE(vstore, LANES)(v, 0, p)
#define lanes_store_i32(v, p) LANES_PASTE(vstore, LANES)(v, 0, p)
#define lanes_store_f64(v, p) LANES_PASTE(vstore, LANES)(v, 0, p)
DEVICE float lanes_reduce_sum_f32(f32_lanes v) {
  float sum = 0;
  for (int i = 0; i < LANES; ++i) sum += lanes_get_f32(v, i);
  return sum;
}
DEVICE float lanes_reduce_max_f32(f32_lanes v) {
  float largest = lanes_get_f32(v, 0);
  for (int i = 1; i < LANES; ++i) largest = fmax(largest, lanes_get_f32(v, i));
  return largest;
}
DEVICE f32_lanes lanes_keep_first(f32_lanes v, index_t valid) {
  for (int i = 0; i < LANES; ++i) {
    if (i >= valid) ((float*)&v)[i] = -INFINITY;
  }
  return v;
}
DEVICE f32_lanes lanes_drop_first(f32_lanes v, index_t count) {
  for (int i = 0; i < LANES; ++i) {
    if (i < count) ((float*)&v)[i] = -INFINITY;
  }
  return v;
}
// 2^x for x <= 0 by Cody and Waite's reduction and a polynomial of degree 6 fitted to 2^f - 1 on
// [-1/2, 1/2]: relative error below 2^-23. Flushes to zero below 2^-126.
DEVICE f32_lanes lanes_exp2(f32_lanes x) {
  const f32_lanes bounded = fmax(x, (f32_lanes)(-126.0f));
  const f32_lanes whole = rint(bounded);
  const f32_lanes f = bounded - whole;
  f32_lanes p = (f32_lanes)(1.5403530e-4f);
  p = fma(p, f, (f32_lanes)(1.3333558e-3f));
  p = fma(p, f, (f32_lanes)(9.6181291e-3f));
  p = fma(p, f, (f32_lanes)(5.5504109e-2f));
  p = fma(p, f, (f32_lanes)(2.4022651e-1f));
  p = fma(p, f, (f32_lanes)(6.9314718e-1f));
  p = fma(p, f, (f32_lanes)(1.0f));
  const i32_lanes exponent = LANES_PASTE(convert_int, LANES)(whole) + 127;
  const f32_lanes power = LANES_PASTE(as_float, LANES)(exponent << 23);
  return select(p * power, (f32_lanes)(0.0f), x < (f32_lanes)(-126.0f));
}
#endif
#define lanes_splat_f32(x) ((f32_lanes)(x))
#define lanes_splat_i32(x) ((i32_lanes)(x))
#define lanes_fma_f32(scalar, v, w) fma_f32((f32_lanes)(scalar), v, w)
#define lanes_fma_i32(scalar, v, w) ((i32_lanes)(scalar) * (v) + (w))
#define lanes_max(v, w) fmax(v, w)
#if HAVE_F64
#if LANES == 1
typedef double f64_lanes;
#else
typedef LANES_PASTE(double, LANES) f64_lanes;
#endif
#define lanes_splat_f64(x) ((f64_lanes)(x))
#define lanes_fma_f64(scalar, v, w) fma((f64_lanes)(scalar), v, w)
#endif

#include "words.h"
