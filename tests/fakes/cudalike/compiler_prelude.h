// What the fake run-time compiler puts before a kernel's text, which has been preprocessed:
// the words of CUDA C++ and of HIP's compiler, for the host. Item and Kernel as in image.h.
// ASSAY_SUBGROUP is defined by the compiler.
#pragma once

namespace assay::fakes::cudalike {

inline constexpr const char* kCompilerPrelude = R"text(
#include <type_traits>
#include <utility>
struct uint3 { unsigned x, y, z; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct AssayItem { uint3 thread, group, groups, group_size; void* local_memory; };
struct AssayKernel {
  void (*call)(void**);
  int arguments, most_items;
  const unsigned char* sizes;
  const bool* pointers;
};
extern "C" {
static __attribute__((tls_model("initial-exec"))) thread_local AssayItem assay_item;
__attribute__((visibility("default"))) AssayItem* assay_item_here() { return &assay_item; }
__attribute__((visibility("default"))) void (*assay_barrier)() = nullptr;
__attribute__((visibility("default"))) void* (*assay_exchange)(const void*, unsigned) = nullptr;
}
template <class... A> struct AssayCall;
template <class... A> struct AssayCall<void (*)(A...)> {
  static constexpr unsigned char sizes[] = {sizeof(A)..., 0};
  static constexpr bool pointers[] = {std::is_pointer_v<A>..., false};
  template <void (*f)(A...), unsigned long... I>
  static void with(void** values, std::integer_sequence<unsigned long, I...>) {
    f(*static_cast<std::remove_cv_t<A>*>(values[I])...);
  }
  template <void (*f)(A...)> static void call(void** values) {
    with<f>(values, std::make_integer_sequence<unsigned long, sizeof...(A)>());
  }
  template <void (*f)(A...)> static constexpr AssayKernel kernel(int most_items) {
    return {&call<f>, sizeof...(A), most_items, sizes, pointers};
  }
};
#define ASSAY_KERNEL(name, most_items)                                                 \
  extern "C" __attribute__((visibility("default"))) const AssayKernel assay_kernel_##name; \
  const AssayKernel assay_kernel_##name =                                              \
      AssayCall<decltype(&name)>::kernel<&name>(most_items);

#define __global__
#define __device__ static
#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __shared__ static thread_local
#define __launch_bounds__(...)
#define threadIdx (assay_item.thread)
#define blockIdx (assay_item.group)
#define blockDim (assay_item.group_size)
#define gridDim (assay_item.groups)
static inline void __syncthreads() { assay_barrier(); }
static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float fmaxf(float a, float b) { return a > b || b != b ? a : b; }
static inline float exp2f(float x) { return __builtin_exp2f(x); }
static inline float assay_f32_of_f16(unsigned short bits) {
  _Float16 value;
  __builtin_memcpy(&value, &bits, 2);
  return value;
}
static inline unsigned short assay_f16_of_f32(float wide) {
  const _Float16 value = (_Float16)wide;
  unsigned short bits;
  __builtin_memcpy(&bits, &value, 2);
  return bits;
}
static inline unsigned short assay_bf16_of_f32(float value) {
  unsigned bits;
  __builtin_memcpy(&bits, &value, 4);
  if (value != value) return 0x7fff;
  return (unsigned short)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Between the work-items of a subgroup, of which the first goes on first: what one of them gave.
template <class T> struct AssayGiven {
  char* all;
  explicit AssayGiven(const T& mine) : all((char*)assay_exchange(&mine, sizeof mine)) {}
  T& operator[](unsigned lane) const { return *(T*)(all + 64 * lane); }
};
static inline unsigned assay_lane() { return assay_item.thread.x % ASSAY_SUBGROUP; }
static inline float __shfl_xor_sync(unsigned, float value, int mask) {
  return AssayGiven<float>(value)[assay_lane() ^ mask];
}
static inline unsigned long __cvta_generic_to_shared(const void* at) {
  return (const char*)at - (const char*)assay_item.local_memory;
}
static inline char* assay_local(unsigned address) {
  return (char*)assay_item.local_memory + address;
}

// PTX ISA 8.3, "ldmatrix" and the fragments of mma.m16n8k16 and .m16n8k32.
static inline void assay_ldmatrix(unsigned* to, unsigned address, bool transposed) {
  const AssayGiven<unsigned> lines(address);
  const unsigned lane = assay_lane();
  for (unsigned q = 0; q < 4; ++q) {
    if (!transposed) {
      __builtin_memcpy(to + q, assay_local(lines[8 * q + lane / 4]) + 4 * (lane % 4), 4);
      continue;
    }
    unsigned short pair[2];
    for (unsigned i = 0; i < 2; ++i) {
      __builtin_memcpy(pair + i, assay_local(lines[8 * q + lane % 4 * 2 + i]) + lane / 4 * 2, 2);
    }
    __builtin_memcpy(to + q, pair, 4);
  }
}
template <class Sum> struct AssayFragments { unsigned a[4], b[2]; Sum c[4]; };
// All of a subgroup's products, by the first of it to go on; each then takes its own.
template <class Sum, class Stored, class Wide>
static inline void assay_multiply(AssayGiven<AssayFragments<Sum>>& given, Wide wide) {
  constexpr unsigned kPacked = 4 / sizeof(Stored), kDepth = 8 * kPacked;
  typedef Sum Row __attribute__((vector_size(8 * sizeof(Sum))));
  Sum left[16][kDepth];
  Row right[kDepth], sums[16];
  for (unsigned lane = 0; lane < 32; ++lane) {
    const AssayFragments<Sum>& one = given[lane];
    const unsigned line = lane / 4, at = lane % 4 * kPacked;
    for (unsigned k_half = 0; k_half < 2; ++k_half) {
      Stored top[kPacked], bottom[kPacked], column[kPacked];
      __builtin_memcpy(top, one.a + 2 * k_half, 4);
      __builtin_memcpy(bottom, one.a + 2 * k_half + 1, 4);
      __builtin_memcpy(column, one.b + k_half, 4);
      for (unsigned i = 0; i < kPacked; ++i) {
        const unsigned k = k_half * kDepth / 2 + at + i;
        left[line][k] = wide(top[i]);
        left[line + 8][k] = wide(bottom[i]);
        right[k][line] = wide(column[i]);
      }
    }
    for (unsigned e = 0; e < 4; ++e) sums[line + e / 2 * 8][lane % 4 * 2 + e % 2] = one.c[e];
  }
  for (unsigned row = 0; row < 16; ++row) {
    Row sum = sums[row];
    for (unsigned k = 0; k < kDepth; ++k) sum += left[row][k] * right[k];
    sums[row] = sum;
  }
  for (unsigned lane = 0; lane < 32; ++lane) {
    for (unsigned e = 0; e < 4; ++e) {
      given[lane].c[e] = sums[lane / 4 + e / 2 * 8][lane % 4 * 2 + e % 2];
    }
  }
}
template <class Sum, class Stored, class Wide>
static inline void assay_mma(Sum* c, const unsigned* a, const unsigned* b, Wide wide) {
  AssayGiven<AssayFragments<Sum>> given(
      {{a[0], a[1], a[2], a[3]}, {b[0], b[1]}, {c[0], c[1], c[2], c[3]}});
  if (assay_lane() == 0) assay_multiply<Sum, Stored>(given, wide);
  __builtin_memcpy(c, given[assay_lane()].c, sizeof given[0].c);
}
static inline void assay_mma_bf16(float* c, const unsigned* a, const unsigned* b) {
  assay_mma<float, unsigned short>(c, a, b, [](unsigned short bits) {
    const unsigned wide = (unsigned)bits << 16;
    float value;
    __builtin_memcpy(&value, &wide, 4);
    return value;
  });
}
static inline void assay_mma_f16(float* c, const unsigned* a, const unsigned* b) {
  assay_mma<float, unsigned short>(c, a, b, assay_f32_of_f16);
}
static inline void assay_mma_s8(int* c, const unsigned* a, const unsigned* b) {
  assay_mma<int, signed char>(c, a, b, [](signed char value) { return (int)value; });
}

#define global
#define device
#define amdgpu_flat_work_group_size(...)
static inline int __builtin_amdgcn_ds_bpermute(int address, int value) {
  return AssayGiven<int>(value)[address / 4 % ASSAY_SUBGROUP];
}
static inline unsigned __builtin_amdgcn_workitem_id_x() { return assay_item.thread.x; }
static inline unsigned __builtin_amdgcn_workitem_id_y() { return assay_item.thread.y; }
static inline unsigned __builtin_amdgcn_workitem_id_z() { return assay_item.thread.z; }
static inline unsigned __builtin_amdgcn_workgroup_id_x() { return assay_item.group.x; }
static inline unsigned __builtin_amdgcn_workgroup_id_y() { return assay_item.group.y; }
static inline unsigned __builtin_amdgcn_workgroup_id_z() { return assay_item.group.z; }
static inline void __builtin_amdgcn_fence(int, const char*) {}
static inline void __builtin_amdgcn_s_barrier() { assay_barrier(); }
#line 1 "kernel"
)text";

}  // namespace assay::fakes::cudalike
