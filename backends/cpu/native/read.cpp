#include "backends/cpu/native/read.h"

#include <cstring>

#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/read.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// After foreach_target.h.
#include "backends/cpu/native/elements-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace {

template <class D>
HWY_INLINE hn::Vec<D> load_wide(D d, const double* from) {
  return hn::LoadU(d, from);
}
template <class D, class T>
HWY_INLINE hn::Vec<D> load_wide(D d, const T* from) {
  return load_f32(d, from);
}

inline double scalar_of(const double* from) {
  return *from;
}
template <class T>
float scalar_of(const T* from) {
  const hn::CappedTag<float, 1> d;
  return hn::GetLane(load_f32_tail(d, from, 1));
}

/// Wide is f32 or f64. Independent sums, enough to hide the latency of an addition.
template <class T, class Wide>
void sum(const std::byte* bytes, std::int64_t elements, std::byte* to) {
  const auto* from = reinterpret_cast<const T*>(bytes);
  const hn::ScalableTag<Wide> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  std::int64_t i = 0;
  for (; i + 8 * lanes <= elements; i += 8 * lanes) {
    s0 = hn::Add(s0, load_wide(d, from + i));
    s1 = hn::Add(s1, load_wide(d, from + i + lanes));
    s2 = hn::Add(s2, load_wide(d, from + i + 2 * lanes));
    s3 = hn::Add(s3, load_wide(d, from + i + 3 * lanes));
    s4 = hn::Add(s4, load_wide(d, from + i + 4 * lanes));
    s5 = hn::Add(s5, load_wide(d, from + i + 5 * lanes));
    s6 = hn::Add(s6, load_wide(d, from + i + 6 * lanes));
    s7 = hn::Add(s7, load_wide(d, from + i + 7 * lanes));
  }
  for (; i + lanes <= elements; i += lanes) s0 = hn::Add(s0, load_wide(d, from + i));
  s0 = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
  s4 = hn::Add(hn::Add(s4, s5), hn::Add(s6, s7));
  Wide total = hn::GetLane(hn::SumOfLanes(d, hn::Add(s0, s4)));
  for (; i < elements; ++i) total += static_cast<Wide>(scalar_of(from + i));
  std::memcpy(to, &total, sizeof total);
}

ReadKernels kernels_f32() {
  return {sum<float, float>, hwy::TargetName(HWY_TARGET)};
}
ReadKernels kernels_f64() {
#if HWY_HAVE_FLOAT64
  return {sum<double, double>, hwy::TargetName(HWY_TARGET)};
#else
  return {nullptr, hwy::TargetName(HWY_TARGET)};
#endif
}
ReadKernels kernels_bf16() {
  return {sum<hwy::bfloat16_t, float>, hwy::TargetName(HWY_TARGET)};
}
ReadKernels kernels_f16() {
  return {sum<hwy::float16_t, float>, hwy::TargetName(HWY_TARGET)};
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::backends::cpu::native {

HWY_EXPORT(kernels_f32);
HWY_EXPORT(kernels_f64);
HWY_EXPORT(kernels_bf16);
HWY_EXPORT(kernels_f16);

ReadKernels read_kernels(kernels::DataType type) {
  using kernels::DataType;
  switch (type) {
    case DataType::f32:
      return HWY_DYNAMIC_DISPATCH(kernels_f32)();
    case DataType::f64:
      return HWY_DYNAMIC_DISPATCH(kernels_f64)();
    case DataType::bf16:
      return HWY_DYNAMIC_DISPATCH(kernels_bf16)();
    case DataType::f16:
      return HWY_DYNAMIC_DISPATCH(kernels_f16)();
    default:
      return {nullptr, ""};
  }
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
