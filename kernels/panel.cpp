#include "kernels/panel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/panel.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace assay::kernels {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Tag = HWY_CAPPED(double, 8);

struct Matrices {
  std::int64_t depth;
  const double* a;
  std::int64_t lda;
  const double* b;
  std::int64_t ldb;
  double* c;
  std::int64_t ldc;
};

// kRows x kVectors accumulators stay in registers over the whole depth.
template <bool kFused, int kRows, int kVectors>
HWY_ATTR void block(const Matrices& m, std::int64_t row, std::int64_t column) {
  const Tag tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  hn::Vec<Tag> sums[kRows][kVectors];
  double* const c = m.c + row * m.ldc + column;
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::LoadU(tag, c + r * m.ldc + v * lanes);
  }
  const double* const a = m.a + row * m.lda;
  const double* b = m.b + column;
  for (std::int64_t k = 0; k < m.depth; ++k, b += m.ldb) {
    hn::Vec<Tag> right[kVectors];
    for (int v = 0; v < kVectors; ++v) right[v] = hn::LoadU(tag, b + v * lanes);
    for (int r = 0; r < kRows; ++r) {
      const auto left = hn::Set(tag, a[r * m.lda + k]);
      for (int v = 0; v < kVectors; ++v) {
        if constexpr (kFused) {
          sums[r][v] = hn::MulAdd(left, right[v], sums[r][v]);
        } else {
          sums[r][v] = hn::Add(sums[r][v], hn::Mul(left, right[v]));
        }
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[r][v], tag, c + r * m.ldc + v * lanes);
  }
}

template <bool kFused, int kVectors>
HWY_ATTR void column_strip(const Matrices& m, std::int64_t rows, std::int64_t column) {
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) block<kFused, 4, kVectors>(m, row, column);
  for (; row < rows; ++row) block<kFused, 1, kVectors>(m, row, column);
}

template <bool kFused>
HWY_ATTR void multiply(const Matrices& m, std::int64_t rows, std::int64_t columns) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(Tag()));
  std::int64_t column = 0;
  for (; column + 3 * lanes <= columns; column += 3 * lanes) {
    column_strip<kFused, 3>(m, rows, column);
  }
  for (; column < columns; column += lanes) column_strip<kFused, 1>(m, rows, column);
}

HWY_ATTR void multiply_add(bool fused, std::int64_t rows, std::int64_t columns, std::int64_t depth,
                           const double* a, std::int64_t lda, const double* b, std::int64_t ldb,
                           double* c, std::int64_t ldc) {
  const Matrices matrices{depth, a, lda, b, ldb, c, ldc};
  if (fused) {
    multiply<true>(matrices, rows, columns);
  } else {
    multiply<false>(matrices, rows, columns);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace assay::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::kernels {

HWY_EXPORT(multiply_add);

void panel_multiply_add(Rounding rounding, std::int64_t rows, std::int64_t columns,
                        std::int64_t depth, const double* a, std::int64_t lda, const double* b,
                        std::int64_t ldb, double* c, std::int64_t ldc) {
  HWY_DYNAMIC_DISPATCH(multiply_add)
  (rounding == Rounding::fused, rows, columns, depth, a, lda, b, ldb, c, ldc);
}

}  // namespace assay::kernels
#endif
