// The portable words (README.md) in HIP, with the builtins of the compiler (LLVM, AMDGPU), so that
// neither hipRTC nor clang needs a header.
#define KERNEL(name, items)                                                             \
  extern "C" __attribute__((global)) __attribute__((amdgpu_flat_work_group_size(1, items))) void name
#define DEVICE static __attribute__((device)) __attribute__((always_inline)) inline
#define SHARED __attribute__((shared))
#define ITEM ((int)__builtin_amdgcn_workitem_id_x())
#define GROUP_0 __builtin_amdgcn_workgroup_id_x()
#define GROUP_1 __builtin_amdgcn_workgroup_id_y()
#define GROUP_2 __builtin_amdgcn_workgroup_id_z()
#define barrier_local() barrier_of_group()
#define fma_f32(a, b, c) __builtin_fmaf(a, b, c)
#define fma_f64(a, b, c) __builtin_fma(a, b, c)
#define exp2_f32(x) __builtin_exp2f(x)
#define max_f32(a, b) __builtin_fmaxf(a, b)

typedef unsigned int Words4 __attribute__((ext_vector_type(4)));
#define WORDS4 Words4

DEVICE void barrier_of_group() {
  __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
  __builtin_amdgcn_s_barrier();
  __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

#define F16_WORDS 1
union BitsF16 {
  _Float16 value;
  unsigned short bits;
};
DEVICE float f32_of_f16(unsigned short bits) {
  BitsF16 both;
  both.bits = bits;
  return (float)both.value;
}
DEVICE unsigned short f16_of_f32(float value) {
  BitsF16 both;
  both.value = (_Float16)value;
  return both.bits;
}

// For tile_mfma.h and tile_wmma.h: the builtins take vectors, which are read from and written to
// arrays of 32-bit words.
DEVICE float shuffle_xor_f32(float value, int mask) {
  const int lane = ITEM % SUBGROUP;
  return __builtin_bit_cast(
      float, __builtin_amdgcn_ds_bpermute((lane ^ mask) * 4, __builtin_bit_cast(int, value)));
}
typedef float Floats4 __attribute__((ext_vector_type(4)));
typedef int Ints4 __attribute__((ext_vector_type(4)));
typedef float Floats8 __attribute__((ext_vector_type(8)));
typedef int Ints8 __attribute__((ext_vector_type(8)));
typedef short Shorts4 __attribute__((ext_vector_type(4)));
typedef short Shorts16 __attribute__((ext_vector_type(16)));
typedef _Float16 Halves4 __attribute__((ext_vector_type(4)));
typedef _Float16 Halves16 __attribute__((ext_vector_type(16)));
template <class Vector>
DEVICE Vector vector_at(const void* from) {
  Vector vector;
  __builtin_memcpy(&vector, from, sizeof vector);
  return vector;
}
#define MATRIX_WORD(name, Sums, real, product)                                   \
  DEVICE void name(real* c, const unsigned int* a, const unsigned int* b) {      \
    Sums sums = vector_at<Sums>(c);                                              \
    sums = product;                                                              \
    __builtin_memcpy(c, &sums, sizeof sums);                                     \
  }
#if defined(__gfx90a__) || defined(__gfx940__) || defined(__gfx941__) || defined(__gfx942__) || \
    defined(__gfx950__)
MATRIX_WORD(mfma_16x16_bf16, Floats4, float,
            __builtin_amdgcn_mfma_f32_16x16x16bf16_1k(vector_at<Shorts4>(a), vector_at<Shorts4>(b),
                                                      sums, 0, 0, 0))
MATRIX_WORD(mfma_16x16_f16, Floats4, float,
            __builtin_amdgcn_mfma_f32_16x16x16f16(vector_at<Halves4>(a), vector_at<Halves4>(b),
                                                  sums, 0, 0, 0))
#if defined(__gfx90a__)
MATRIX_WORD(mfma_16x16_i8, Ints4, int,
            __builtin_amdgcn_mfma_i32_16x16x16i8(
                (int)a[1], (int)b[1],
                __builtin_amdgcn_mfma_i32_16x16x16i8((int)a[0], (int)b[0], sums, 0, 0, 0), 0, 0, 0))
#else
MATRIX_WORD(mfma_16x16_i8, Ints4, int,
            __builtin_amdgcn_mfma_i32_16x16x32_i8(vector_at<long>(a), vector_at<long>(b), sums, 0,
                                                  0, 0))
#endif
#elif defined(__GFX11__)
MATRIX_WORD(wmma_16x16x16_bf16, Floats8, float,
            __builtin_amdgcn_wmma_f32_16x16x16_bf16_w32(vector_at<Shorts16>(a),
                                                        vector_at<Shorts16>(b), sums))
MATRIX_WORD(wmma_16x16x16_f16, Floats8, float,
            __builtin_amdgcn_wmma_f32_16x16x16_f16_w32(vector_at<Halves16>(a),
                                                       vector_at<Halves16>(b), sums))
MATRIX_WORD(wmma_16x16x16_i8, Ints8, int,
            __builtin_amdgcn_wmma_i32_16x16x16_iu8_w32(true, vector_at<Ints4>(a), true,
                                                       vector_at<Ints4>(b), sums, false))
#endif

#include "cuda_shaped.h"
