// What the pretended run-time compiler puts before a kernel's text, which has been preprocessed:
// the words of CUDA C++ and of HIP's compiler, for the host. Item and Kernel as in image.h.
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
static inline float fmaxf(float a, float b) { return __builtin_fmaxf(a, b); }
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

#define global
#define device
#define amdgpu_flat_work_group_size(...)
#define ext_vector_type(lanes) vector_size((lanes) * 4)
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
