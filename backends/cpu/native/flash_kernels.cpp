// The kernels of attention over FP32 tiles, for each Highway target.
#include "backends/cpu/native/flash.h"
#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/flash_kernels.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// After foreach_target.h.
#include "backends/cpu/native/flash-inl.h"
#include "backends/cpu/native/flash_pack-inl.h"
#include "backends/cpu/native/flash_stored-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace {

/// Rows of `width` elements, `from_stride` from one to the next, to FP32 rows of `stride`,
/// zero-filled.
template <class T>
void pack_values(const std::byte* from, std::int64_t from_stride, std::int64_t rows,
                 std::int64_t width, float* to, std::int64_t stride) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < rows; ++r) {
    const T* row = reinterpret_cast<const T*>(from) + r * from_stride;
    std::int64_t i = 0;
    for (; i + lanes <= width; i += lanes) hn::StoreU(load_f32(d, row + i), d, to + i);
    if (i < width) {
      const auto rest = static_cast<std::size_t>(width - i);
      store_f32_tail(d, load_f32_tail(d, row + i, rest), to + i, rest);
    }
    std::fill(to + width, to + stride, 0.0f);
    to += stride;
  }
}

template <class T>
void pack_queries(const std::byte* from, std::int64_t rows, std::int64_t width, float* to,
                  std::int64_t units) {
  pack_values<T>(from, width, rows, width, to, units);
}

template <class T>
void pack_keys(const std::byte* from, std::int64_t keys, std::int64_t d, float* to) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(singles::D()));
  const std::int64_t panel = singles::kVectors * lanes;
  transpose_panel(SingleRows<T>{reinterpret_cast<const T*>(from), d}, keys, panel, to);
}

void merge(std::int64_t rows, std::int64_t width, float scale_log2e, const FlashState& from,
           const FlashState& into) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < rows; ++r) {
    const float highest = std::max(from.maximum[r], into.maximum[r]);
    const auto theirs =
        singles::exp2_negative(hn::Set(d, (from.maximum[r] - highest) * scale_log2e));
    const auto ours = singles::exp2_negative(hn::Set(d, (into.maximum[r] - highest) * scale_log2e));
    const float* source = from.output + r * from.output_stride;
    float* target = into.output + r * into.output_stride;
    for (std::int64_t i = 0; i < width; i += lanes) {
      const auto kept = hn::Mul(hn::LoadU(d, target + i), ours);
      hn::StoreU(hn::MulAdd(hn::LoadU(d, source + i), theirs, kept), d, target + i);
    }
    into.sum[r] = into.sum[r] * hn::GetLane(ours) + from.sum[r] * hn::GetLane(theirs);
    into.maximum[r] = highest;
  }
}

template <class T>
void finish(const FlashState& state, std::int64_t rows, std::int64_t dv, std::byte* to) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto factor = hn::Set(d, 1.0f / state.sum[r]);
    const float* row = state.output + r * state.output_stride;
    T* out = reinterpret_cast<T*>(to) + r * dv;
    std::int64_t i = 0;
    for (; i + lanes <= dv; i += lanes) {
      store_f32(d, hn::Mul(hn::LoadU(d, row + i), factor), out + i);
    }
    if (i < dv) {
      store_f32_tail(d, hn::Mul(hn::LoadU(d, row + i), factor), out + i,
                     static_cast<std::size_t>(dv - i));
    }
  }
}

template <class T>
FlashKernels kernels() {
  const int lanes = static_cast<int>(hn::Lanes(singles::D()));
  return {.instruction = hwy::TargetName(HWY_TARGET),
          .lanes = lanes,
          .panel = singles::kVectors * lanes,
          .pair = 1,
          .pack_queries = pack_queries<T>,
          .pack_keys = pack_keys<T>,
          .pack_values = pack_values<T>,
          .values_as_stored = std::is_same_v<T, float>,
          .attend = singles::attend,
          .attend_stored = singles::attend_stored<T>,
          .merge = merge,
          .finish = finish<T>};
}

FlashKernels kernels_f32() {
  return kernels<float>();
}
FlashKernels kernels_bf16() {
  return kernels<hwy::bfloat16_t>();
}
FlashKernels kernels_f16() {
  return kernels<hwy::float16_t>();
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::backends::cpu::native {

HWY_EXPORT(kernels_f32);
HWY_EXPORT(kernels_bf16);
HWY_EXPORT(kernels_f16);

FlashKernels flash_kernels(kernels::DataType type) {
  if (type == kernels::DataType::bf16) return HWY_DYNAMIC_DISPATCH(kernels_bf16)();
  if (type == kernels::DataType::f16) return HWY_DYNAMIC_DISPATCH(kernels_f16)();
  return HWY_DYNAMIC_DISPATCH(kernels_f32)();
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
