#include "backends/cpu/native/skinny.h"

#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/skinny.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
// After foreach_target.h.
#include "backends/cpu/native/skinny-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace {

template <class D>
HWY_INLINE hn::Vec<D> load_as(D d, const hn::TFromD<D>* from) {
  return hn::LoadU(d, from);
}
template <class D>
HWY_INLINE hn::Vec<D> load_as(D d, const hwy::bfloat16_t* from) {
  return load_f32(d, from);
}
template <class D>
HWY_INLINE hn::Vec<D> load_as(D d, const hwy::float16_t* from) {
  return load_f32(d, from);
}
template <class D>
HWY_INLINE hn::Vec<D> load_as(D d, const std::int8_t* from) {
  return hn::PromoteTo(d, hn::LoadU(hn::Rebind<std::int8_t, D>(), from));
}

/// Elements are widened to the sums' type and multiplied one by one.
template <class T, class S>
struct Widened {
  using Element = T;
  using Sum = S;
  using Tag = hn::ScalableTag<S>;
  using Vector = hn::Vec<Tag>;
  static constexpr int kGroup = 1;

  static S unit(const T (&element)[1]) {
    return hn::GetLane(load_as(hn::CappedTag<S, 1>(), element));
  }
  static HWY_INLINE void columns(const T* const* rows, std::int64_t column,
                                 Vector (&b)[direct::kUnits][direct::kVectors]) {
    const Tag d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
#pragma GCC unroll 8
    for (int u = 0; u < direct::kUnits; ++u) {
#pragma GCC unroll 8
      for (int v = 0; v < direct::kVectors; ++v) {
        b[u][v] = load_as(d, rows[u] + column + v * lanes);
      }
    }
  }
  static HWY_INLINE Vector along(const T* row) {
    return load_as(Tag(), row);
  }
  static HWY_INLINE Vector step(Vector a, Vector b, Vector sum) {
    if constexpr (std::is_integral_v<S>) {
      return hn::Add(hn::Mul(a, b), sum);
    } else {
      return hn::MulAdd(a, b, sum);
    }
  }
  static S offset(const S*, std::int64_t) {
    return 0;
  }
  static void restore(S*) {}
};

template <class C, class D>
HWY_INLINE void store_as(D d, hn::Vec<D> sum, C* to, std::int64_t count) {
  using Sum = hn::TFromD<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  if constexpr (std::is_same_v<C, Sum>) {
    if (count >= lanes) return hn::StoreU(sum, d, to);
    HWY_ALIGN Sum all[HWY_MAX_BYTES / sizeof(Sum)];
    hn::StoreU(sum, d, all);
    std::copy_n(all, count, to);
  } else {
    if (count >= lanes) return store_f32(d, sum, to);
    store_f32_tail(d, sum, to, static_cast<std::size_t>(count));
  }
}

template <class C, class S>
void finish_as(const std::byte* sums, std::int64_t distance, std::int64_t others,
               std::int64_t count, std::byte* to) {
  const hn::ScalableTag<S> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto at = [&](std::int64_t part, std::int64_t i) {
    return reinterpret_cast<const S*>(sums + part * distance) + i;
  };
  for (std::int64_t i = 0; i < count; i += lanes) {
    // Sums are padded to whole vectors.
    auto sum = hn::LoadU(d, at(0, i));
    for (std::int64_t part = 1; part <= others; ++part) {
      sum = hn::Add(sum, hn::LoadU(d, at(part, i)));
    }
    store_as(d, sum, reinterpret_cast<C*>(to) + i, count - i);
  }
}

template <class S>
void finish(const std::byte* sums, std::int64_t distance, std::int64_t others, std::int64_t count,
            kernels::DataType c, std::byte* to) {
  if constexpr (std::is_same_v<S, float>) {
    if (c == kernels::DataType::bf16) {
      return finish_as<hwy::bfloat16_t, S>(sums, distance, others, count, to);
    }
    if (c == kernels::DataType::f16) {
      return finish_as<hwy::float16_t, S>(sums, distance, others, count, to);
    }
  }
  finish_as<S, S>(sums, distance, others, count, to);
}

template <class T, class S>
SkinnyKernels kernels(const char* multiply) {
  SkinnyKernels all = direct::make_kernels<Widened<T, S>>(std::string(hwy::TargetName(HWY_TARGET)) +
                                                          ": " + multiply);
  all.finish = finish<S>;
  return all;
}

SkinnyKernels kernels_f32() {
  return kernels<float, float>("f32 multiply-add");
}
SkinnyKernels kernels_f64() {
#if HWY_HAVE_FLOAT64
  return kernels<double, double>("f64 multiply-add");
#else
  return {};
#endif
}
SkinnyKernels kernels_bf16() {
  return kernels<hwy::bfloat16_t, float>("bf16 widened, f32 multiply-add");
}
SkinnyKernels kernels_f16() {
  return kernels<hwy::float16_t, float>("f16 widened, f32 multiply-add");
}
SkinnyKernels kernels_i8() {
  return kernels<std::int8_t, std::int32_t>("i8 widened, i32 multiply and add");
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
HWY_EXPORT(kernels_i8);

SkinnyKernels skinny_kernels(kernels::DataType type) {
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
    case DataType::i8:
      return HWY_DYNAMIC_DISPATCH(kernels_i8)();
    default:
      return {};
  }
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
