#include "backends/cpu/native/stream.h"

#include <cstring>

#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/stream.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// After foreach_target.h.
#include "backends/cpu/native/elements-inl.h"
#include "hwy/cache_control.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace {

void copy(const std::byte* b, std::byte* a, std::int64_t bytes, bool past_cache) {
  const hn::ScalableTag<float> d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d) * sizeof(float));
  if (!past_cache || bytes < 4 * width) {
    std::memcpy(a, b, static_cast<std::size_t>(bytes));
    return;
  }
  std::int64_t i = 0;
  for (; i + 4 * width <= bytes; i += 4 * width) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      const auto value = hn::LoadU(d, reinterpret_cast<const float*>(b + i + v * width));
      hn::Stream(value, d, reinterpret_cast<float*>(a + i + v * width));
    }
  }
  std::memcpy(a + i, b + i, static_cast<std::size_t>(bytes - i));
  hwy::FlushStream();
}

/// Two vectors of FP32 make one whole store of 16-bit elements.
template <class D, class T>
HWY_INLINE void stream_pair(D d, hn::Vec<D> low, hn::Vec<D> high, T* to) {
#if HWY_TARGET == HWY_SCALAR
  store_f32(d, low, to);
  store_f32(d, high, to + 1);
#else
  HWY_ALIGN T both[2 * HWY_MAX_BYTES / sizeof(float)];
  store_f32(d, low, both);
  store_f32(d, high, both + hn::Lanes(d));
  const hn::Repartition<std::uint16_t, D> d16;
  hn::Stream(hn::Load(d16, reinterpret_cast<const std::uint16_t*>(both)), d16,
             reinterpret_cast<std::uint16_t*>(to));
#endif
}

template <class T>
void triad_through_f32(const std::byte* b_bytes, const std::byte* c_bytes, std::byte* a_bytes,
                       std::int64_t elements, bool past_cache) {
  const auto* b = reinterpret_cast<const T*>(b_bytes);
  const auto* c = reinterpret_cast<const T*>(c_bytes);
  auto* a = reinterpret_cast<T*>(a_bytes);
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto three = hn::Set(d, 3.0f);
  std::int64_t i = 0;
  for (; i + 2 * lanes <= elements; i += 2 * lanes) {
    const auto low = hn::MulAdd(three, load_f32(d, c + i), load_f32(d, b + i));
    const auto high = hn::MulAdd(three, load_f32(d, c + i + lanes), load_f32(d, b + i + lanes));
    if (past_cache) {
      stream_pair(d, low, high, a + i);
    } else {
      store_f32(d, low, a + i);
      store_f32(d, high, a + i + lanes);
    }
  }
  for (; i < elements; ++i) {
    const auto sum = hn::MulAdd(three, load_f32_tail(d, c + i, 1), load_f32_tail(d, b + i, 1));
    store_f32_tail(d, sum, a + i, 1);
  }
  if (past_cache) hwy::FlushStream();
}

template <class T>
void triad(const std::byte* b_bytes, const std::byte* c_bytes, std::byte* a_bytes,
           std::int64_t elements, bool past_cache) {
  const auto* b = reinterpret_cast<const T*>(b_bytes);
  const auto* c = reinterpret_cast<const T*>(c_bytes);
  auto* a = reinterpret_cast<T*>(a_bytes);
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto three = hn::Set(d, T{3});
  std::int64_t i = 0;
  for (; i + 4 * lanes <= elements; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      const auto at = i + v * lanes;
      const auto sum = hn::MulAdd(three, hn::LoadU(d, c + at), hn::LoadU(d, b + at));
      if (past_cache) {
        hn::Stream(sum, d, a + at);
      } else {
        hn::StoreU(sum, d, a + at);
      }
    }
  }
  for (; i < elements; ++i) a[i] = b[i] + T{3} * c[i];
  if (past_cache) hwy::FlushStream();
}

StreamKernels kernels_f32() {
  return {copy, triad<float>, hwy::TargetName(HWY_TARGET)};
}
StreamKernels kernels_f64() {
#if HWY_HAVE_FLOAT64
  return {copy, triad<double>, hwy::TargetName(HWY_TARGET)};
#else
  return {copy, nullptr, hwy::TargetName(HWY_TARGET)};
#endif
}
StreamKernels kernels_bf16() {
  return {copy, triad_through_f32<hwy::bfloat16_t>, hwy::TargetName(HWY_TARGET)};
}
StreamKernels kernels_f16() {
  return {copy, triad_through_f32<hwy::float16_t>, hwy::TargetName(HWY_TARGET)};
}
StreamKernels kernels_bytes() {
  return {copy, nullptr, hwy::TargetName(HWY_TARGET)};
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
HWY_EXPORT(kernels_bytes);

StreamKernels stream_kernels(kernels::DataType type) {
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
      return HWY_DYNAMIC_DISPATCH(kernels_bytes)();
  }
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
