// Keys transposed into panels, so that one vector holds one component of many keys.
#if defined(ASSAY_NATIVE_FLASH_PACK_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSAY_NATIVE_FLASH_PACK_INL
#undef ASSAY_NATIVE_FLASH_PACK_INL
#else
#define ASSAY_NATIVE_FLASH_PACK_INL
#endif

#include <cstring>

#include "backends/cpu/native/elements-inl.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {

/// Rows of elements of type T, one FP32 a unit.
template <class T>
struct SingleRows {
  const T* from;
  std::int64_t width;

  std::int64_t units() const { return width; }
  std::int64_t whole_units() const { return width; }
  template <class D>
  HWY_INLINE hn::Vec<D> some(D d, std::int64_t row, std::int64_t unit) const {
    return load_f32(d, from + row * width + unit);
  }
  HWY_INLINE float one(std::int64_t row, std::int64_t unit) const {
    const hn::CappedTag<float, 1> d;
    return hn::GetLane(load_f32(d, from + row * width + unit));
  }
};

/// Rows of 16-bit elements, a pair a unit; the last may lack its second half.
struct PairRows {
  const std::uint16_t* from;
  std::int64_t width;

  std::int64_t units() const { return (width + 1) / 2; }
  std::int64_t whole_units() const { return width / 2; }
  template <class D>
  HWY_INLINE hn::Vec<D> some(D d, std::int64_t row, std::int64_t unit) const {
    const hn::Repartition<std::uint16_t, D> d16;
    return hn::BitCast(d, hn::LoadU(d16, from + row * width + 2 * unit));
  }
  HWY_INLINE float one(std::int64_t row, std::int64_t unit) const {
    float pair = 0;
    const auto elements = std::min<std::int64_t>(2, width - 2 * unit);
    std::memcpy(&pair, from + row * width + 2 * unit, static_cast<std::size_t>(2 * elements));
    return pair;
  }
};

#if HWY_TARGET != HWY_SCALAR
/// Four units of four rows, transposed: to[u * stride + r].
template <class Rows>
HWY_INLINE void transpose_4x4(const Rows& rows, std::int64_t row, std::int64_t unit, float* to,
                              std::int64_t stride) {
  const hn::FixedTag<float, 4> d;
  const hn::Repartition<std::uint64_t, decltype(d)> d64;
  const auto a = rows.some(d, row, unit), b = rows.some(d, row + 1, unit);
  const auto c = rows.some(d, row + 2, unit), e = rows.some(d, row + 3, unit);
  const auto ab_low = hn::BitCast(d64, hn::InterleaveLower(d, a, b));
  const auto ab_high = hn::BitCast(d64, hn::InterleaveUpper(d, a, b));
  const auto ce_low = hn::BitCast(d64, hn::InterleaveLower(d, c, e));
  const auto ce_high = hn::BitCast(d64, hn::InterleaveUpper(d, c, e));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, ab_low, ce_low)), d, to);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, ab_low, ce_low)), d, to + stride);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d64, ab_high, ce_high)), d, to + 2 * stride);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d64, ab_high, ce_high)), d, to + 3 * stride);
}
#endif

/// to[unit * panel + row], zero for rows from `count` to `panel`.
template <class Rows>
HWY_INLINE void transpose_panel(const Rows& rows, std::int64_t count, std::int64_t panel,
                                float* to) {
  std::int64_t unit = 0, whole_rows = 0;
#if HWY_TARGET != HWY_SCALAR
  whole_rows = count / 4 * 4;
  for (; unit + 4 <= rows.whole_units(); unit += 4) {
    for (std::int64_t r = 0; r < whole_rows; r += 4) {
      transpose_4x4(rows, r, unit, to + unit * panel + r, panel);
    }
  }
#endif
  for (std::int64_t u = 0; u < rows.units(); ++u) {
    for (std::int64_t r = u < unit ? whole_rows : 0; r < panel; ++r) {
      to[u * panel + r] = r < count ? rows.one(r, u) : 0.0f;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#endif  // ASSAY_NATIVE_FLASH_PACK_INL
