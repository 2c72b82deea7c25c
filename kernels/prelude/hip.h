// The portable words in HIP, by the compiler's own builtins, so that they need no header: hipRTC
// and clang alone compile them alike (LLVM's AMDGPU builtins).
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

#include "cuda_shaped.h"
