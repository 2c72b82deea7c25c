#include "backends/cpu/native/fma.h"

#include "backends/cpu/native/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/cpu/native/fma.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace {

#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64  // 32 vector registers
constexpr int kRows = 5;
#else
constexpr int kRows = 2;
#endif
constexpr int kVectors = 4;

/// Tells the compiler that `v` may have changed, so that no step can be folded into another.
template <class V>
HWY_INLINE void keep(V& v) {
#if HWY_TARGET == HWY_EMU128
  asm volatile("" : : "r"(&v) : "memory");
#elif HWY_ARCH_X86
  asm volatile("" : "+v"(v.raw));
#else
  asm volatile("" : "+w"(v.raw));
#endif
}

/// Rows x (kVectors * lanes) sums, all of them in registers.
template <int Rows, class D, class T = hn::TFromD<D>>
HWY_INLINE void accumulate(D d, const T* a, const T* b, T* c, std::int64_t steps) {
  using V = hn::Vec<D>;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  V factor[kVectors], row[Rows], sum[Rows][kVectors];
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) factor[v] = hn::LoadU(d, a + v * lanes);
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    row[r] = hn::Set(d, b[r]);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::Zero(d);
  }
  for (std::int64_t step = 0; step < steps; ++step) {
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) keep(row[r]);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(factor[v], row[r], sum[r][v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[r][v], d, c + r * 64 + v * lanes);
  }
}

template <int Rows, class T>
HWY_NOINLINE void some_rows(const T* a, const T* b, T* c, std::int64_t rows, std::int64_t steps) {
  if constexpr (Rows > 1) {
    if (rows < Rows) return some_rows<Rows - 1>(a, b, c, rows, steps);
  }
  const hn::CappedTag<T, 64 / kVectors> d;
  const int width = kVectors * static_cast<int>(hn::Lanes(d));
  for (int column = 0; column < 64; column += width) {
    accumulate<Rows>(d, a + column, b, c + column, steps);
  }
}

template <class T>
void run(const void* a, const void* b, void* c, std::int64_t rows, std::int64_t steps) {
  for (std::int64_t r = 0; r < rows; r += kRows) {
    some_rows<kRows>(static_cast<const T*>(a), static_cast<const T*>(b) + r,
                     static_cast<T*>(c) + r * 64, rows - r, steps);
  }
}

template <class T>
FmaKernel kernel(const char* type) {
  const auto lanes = hn::Lanes(hn::CappedTag<T, 64 / kVectors>());
  return {run<T>, kRows,
          std::string(hwy::TargetName(HWY_TARGET)) + ": " + std::to_string(lanes) + " x " + type +
              " multiply-add"};
}

FmaKernel kernel_f32() {
  return kernel<float>("f32");
}

FmaKernel kernel_f64() {
#if HWY_HAVE_FLOAT64
  return kernel<double>("f64");
#else
  return {};
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::backends::cpu::native {

HWY_EXPORT(kernel_f32);
HWY_EXPORT(kernel_f64);

FmaKernel fma_portable(kernels::DataType type) {
  if (type == kernels::DataType::f32) return HWY_DYNAMIC_DISPATCH(kernel_f32)();
  if (type == kernels::DataType::f64) return HWY_DYNAMIC_DISPATCH(kernel_f64)();
  return {};
}

}  // namespace assay::backends::cpu::native
#endif  // HWY_ONCE
