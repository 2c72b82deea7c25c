#include "backends/cpu/native/tiles.h"

#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/tiles.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64  // 32 vector registers
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif
constexpr int kTileVectors = 2;

template <int Rows>
HWY_INLINE void tile_of(const float* a, const float* b, float* sums, std::int64_t stride,
                        std::int64_t depth) {
  const hn::ScalableTag<float> d;
  using V = hn::Vec<decltype(d)>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V sum[Rows][kTileVectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kTileVectors; ++v) sum[r][v] = hn::LoadU(d, sums + r * stride + v * lanes);
  }
  for (std::int64_t k = 0; k < depth; ++k, a += kTileRows, b += kTileVectors * lanes) {
    V right[kTileVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kTileVectors; ++v) right[v] = hn::LoadU(d, b + v * lanes);
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
      const V left = hn::Set(d, a[r]);
#pragma GCC unroll 4
      for (int v = 0; v < kTileVectors; ++v) sum[r][v] = hn::MulAdd(left, right[v], sum[r][v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kTileVectors; ++v) hn::StoreU(sum[r][v], d, sums + r * stride + v * lanes);
  }
}

template <int Rows>
HWY_NOINLINE void tile(const float* a, const float* b, float* sums, std::int64_t stride,
                       std::int64_t used, std::int64_t depth) {
  if constexpr (Rows > 1) {
    if (used < Rows) return tile<Rows - 1>(a, b, sums, stride, used, depth);
  }
  tile_of<Rows>(a, b, sums, stride, depth);
}

TileKernel best_tile() {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<float>()));
  return {tile<kTileRows>, kTileRows, kTileVectors * lanes,
          std::string(hwy::TargetName(HWY_TARGET)) + ": widened to f32, f32 multiply-add"};
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::backends::cpu::native {

HWY_EXPORT(best_tile);

TileKernel tile_kernel() {
  return HWY_DYNAMIC_DISPATCH(best_tile)();
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
