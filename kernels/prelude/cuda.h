// The portable words in CUDA C++ as NVRTC compiles it, with PTX where the language needs headers.
// PTX ISA 8: cvt, cp.async (sm_80 and newer).
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
__device__ __forceinline__ void stage_16_async(void* to, const void* from) {
  const unsigned int address = (unsigned int)__cvta_generic_to_shared(to);
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(from) : "memory");
}
#define stage_16(to, from) stage_16_async(to, from)
#define stage_commit() asm volatile("cp.async.commit_group;" ::: "memory")
#define stage_wait(pending) asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory")
#endif

#include "cuda_shaped.h"
