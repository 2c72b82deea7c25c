// Vectors of FP32 from and to stored elements. Included once for each Highway target.
#if defined(ASSAY_NATIVE_ELEMENTS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSAY_NATIVE_ELEMENTS_INL
#undef ASSAY_NATIVE_ELEMENTS_INL
#else
#define ASSAY_NATIVE_ELEMENTS_INL
#endif

#include <cstddef>

#include "hwy/highway.h"
#include "kernels/dtype.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#undef ASSAY_NATIVE_F16_IN_HARDWARE
// Highway 1.0.3 truncates where it emulates these conversions; elsewhere the hardware rounds.
#if HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128 || HWY_TARGET == HWY_SSE4
#define ASSAY_NATIVE_F16_IN_HARDWARE 0
#else
#define ASSAY_NATIVE_F16_IN_HARDWARE 1
#endif

template <class D>
HWY_INLINE hn::Vec<D> load_f32(D d, const float* from) {
  return hn::LoadU(d, from);
}

template <class D>
HWY_INLINE hn::Vec<D> load_f32(D d, const hwy::bfloat16_t* from) {
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits = hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(from));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(d32, bits)));
}

template <class D>
HWY_INLINE hn::Vec<D> load_f32(D d, const hwy::float16_t* from) {
#if ASSAY_NATIVE_F16_IN_HARDWARE
  const hn::Rebind<hwy::float16_t, D> d16;
  return hn::PromoteTo(d, hn::LoadU(d16, from));
#else
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits =
      hn::PromoteTo(d32, hn::LoadU(d16, reinterpret_cast<const std::uint16_t*>(from)));
  const auto magnitude = hn::ShiftLeft<13>(hn::And(bits, hn::Set(d32, 0x7fff)));
  const auto sign = hn::ShiftLeft<16>(hn::And(bits, hn::Set(d32, 0x8000)));
  // The exponent is 112 too small; the product also normalises subnormal numbers.
  const auto finite = hn::Mul(hn::BitCast(d, magnitude), hn::Set(d, 0x1p112f));
  const auto special = hn::BitCast(d, hn::Or(magnitude, hn::Set(d32, 0x7f800000)));
  const auto is_special = hn::Ge(finite, hn::Set(d, 0x1p16f));
  return hn::Or(hn::IfThenElse(is_special, special, finite), hn::BitCast(d, sign));
#endif
}

template <class D>
HWY_INLINE void store_f32(D d, hn::Vec<D> value, float* to) {
  hn::StoreU(value, d, to);
}

/// Rounds to nearest, ties to even.
template <class D>
HWY_INLINE void store_f32(D /*d*/, hn::Vec<D> value, hwy::bfloat16_t* to) {
  const hn::Rebind<std::uint16_t, D> d16;
  const hn::RebindToUnsigned<D> d32;
  const auto bits = hn::BitCast(d32, value);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1));
  const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d32, 0x7fff)));
  const auto quiet = hn::Or(bits, hn::Set(d32, 0x400000));
  const auto is_nan = hn::RebindMask(d32, hn::IsNaN(value));
  const auto result = hn::ShiftRight<16>(hn::IfThenElse(is_nan, quiet, rounded));
  hn::StoreU(hn::TruncateTo(d16, result), d16, reinterpret_cast<std::uint16_t*>(to));
}

template <class D>
HWY_INLINE void store_f32(D d, hn::Vec<D> value, hwy::float16_t* to) {
#if ASSAY_NATIVE_F16_IN_HARDWARE
  const hn::Rebind<hwy::float16_t, D> d16;
  hn::StoreU(hn::DemoteTo(d16, value), d16, to);
#else
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::StoreU(value, d, lanes);
  auto* bits = reinterpret_cast<std::uint16_t*>(to);
  for (std::size_t i = 0; i < hn::Lanes(d); ++i) {
    bits[i] = static_cast<std::uint16_t>(kernels::encode(kernels::DataType::f16, lanes[i]));
  }
#endif
}

/// The first `count` < Lanes(d) elements, the rest zero; reads nothing beyond them.
template <class D, class T>
HWY_INLINE hn::Vec<D> load_f32_tail(D d, const T* from, std::size_t count) {
  HWY_ALIGN T lanes[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < count; ++i) lanes[i] = from[i];
  return load_f32(d, lanes);
}

template <class D, class T>
HWY_INLINE void store_f32_tail(D d, hn::Vec<D> value, T* to, std::size_t count) {
  HWY_ALIGN T lanes[HWY_MAX_BYTES / sizeof(float)] = {};
  store_f32(d, value, lanes);
  for (std::size_t i = 0; i < count; ++i) to[i] = lanes[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#endif  // ASSAY_NATIVE_ELEMENTS_INL
