// The loops of a skinny product, over an Arithmetic that says how B is loaded and multiplied.
// Included once for each Highway target, and again, with ASSAY_SKINNY_DOTS, for AVX-512's dot
// products.
//
// An Arithmetic has Element (of A and B), Sum (f32, f64 or i32), kGroup (elements of k in a unit,
// which is as wide as a Sum) and the static functions
//   unit(elements)            one unit of A from kGroup elements
//   columns(rows, column, b)  kUnits x kVectors vectors from kUnits * kGroup rows of B [k, n]
//   along(row)                one vector of units from a row of B [n, k]
//   step(a, b, sum)           sum + a b
//   offset(a, units)          what each sum of products with these units of A must begin with
//   restore(sums)             puts the sums of kVectors vectors into the order of their columns
#if defined(ASSAY_NATIVE_SKINNY_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef ASSAY_NATIVE_SKINNY_INL
#undef ASSAY_NATIVE_SKINNY_INL
#else
#define ASSAY_NATIVE_SKINNY_INL
#endif

#include <algorithm>
#include <cstring>

#include "backends/cpu/native/elements-inl.h"
#include "backends/cpu/native/skinny.h"

HWY_BEFORE_NAMESPACE();
#ifdef ASSAY_SKINNY_DOTS
HWY_PUSH_ATTRIBUTES(
    "avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx512vnni,avx2,fma,f16c,bmi,bmi2")
#define ASSAY_SKINNY_VARIANT dots
#else
#define ASSAY_SKINNY_VARIANT direct
#endif
namespace assay::backends::cpu::native {
namespace HWY_NAMESPACE {
namespace ASSAY_SKINNY_VARIANT {

// kUnits x kVectors vectors of B stay in registers beside kVectors of sums; along k, kTileRows x
// kTileColumns sums.
#ifdef ASSAY_SKINNY_DOTS
constexpr int kUnits = 4, kVectors = 4, kTileRows = 6;
#elif HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64  // 32 vector registers
constexpr int kUnits = 8, kVectors = 2, kTileRows = 6;
#else
constexpr int kUnits = 4, kVectors = 2, kTileRows = 2;
#endif
constexpr int kTileColumns = 4;
/// Ahead in each row of B: hardware stops at the end of each page.
constexpr std::int64_t kPrefetchBytes = 2048;
constexpr std::int64_t kAlongUnits = 1024;  ///< of k at a time, so that A's part stays in cache

template <class A>
using Tag = hn::ScalableTag<typename A::Sum>;
template <class A>
using Vector = hn::Vec<Tag<A>>;

template <class A>
std::int64_t lanes() {
  return static_cast<std::int64_t>(hn::Lanes(Tag<A>()));
}

/// Units of a packed row of A for B [n, k].
template <class A>
std::int64_t along_units(std::int64_t k) {
  return (k + A::kGroup * lanes<A>() - 1) / (A::kGroup * lanes<A>()) * lanes<A>();
}

template <class A>
std::int64_t packed_bytes(std::int64_t m, std::int64_t k) {
  const std::int64_t blocks = (k + kUnits * A::kGroup - 1) / (kUnits * A::kGroup);
  return m * std::max(along_units<A>(k), blocks * kUnits) *
         static_cast<std::int64_t>(sizeof(typename A::Sum));
}

/// Rows of units where B is transposed, else blocks of kUnits units, each for all rows.
template <class A>
void pack(const std::byte* from, std::int64_t m, std::int64_t k, bool transposed_a,
          bool transposed_b, std::byte* to) {
  using Element = typename A::Element;
  const auto* a = reinterpret_cast<const Element*>(from);
  auto* units = reinterpret_cast<typename A::Sum*>(to);
  const std::int64_t count = transposed_b ? along_units<A>(k) : (k + A::kGroup - 1) / A::kGroup;
  for (std::int64_t row = 0; row < m; ++row) {
    for (std::int64_t u = 0; u < (count + kUnits - 1) / kUnits * kUnits; ++u) {
      Element group[A::kGroup] = {};
      for (std::int64_t g = 0; g < std::min<std::int64_t>(A::kGroup, k - u * A::kGroup); ++g) {
        const std::int64_t at = u * A::kGroup + g;
        group[g] = transposed_a ? a[at * m + row] : a[row * k + at];
      }
      const auto unit = A::unit(group);
      if (!transposed_b) {
        units[(u / kUnits * m + row) * kUnits + u % kUnits] = unit;
      } else if (u < count) {
        units[row * count + u] = unit;
      }
    }
  }
}

template <class T>
HWY_INLINE void prefetch(const T* from, std::int64_t elements) {
  // Into the second level: the first is too small for all that is being fetched.
  for (std::int64_t i = 0; i < elements * static_cast<std::int64_t>(sizeof(T)); i += 64) {
    __builtin_prefetch(reinterpret_cast<const char*>(from) + i, 0, 2);
  }
}

/// kVectors vectors of columns: adds kUnits units of k to the sums of all rows.
template <class A>
HWY_INLINE void add_block(const typename A::Element* const* rows, std::int64_t column,
                          const typename A::Sum* a, std::int64_t m, typename A::Sum* sums,
                          std::int64_t sums_stride) {
  const Tag<A> d;
  const auto width = static_cast<std::int64_t>(hn::Lanes(d));
  Vector<A> b[kUnits][kVectors];
  A::columns(rows, column, b);
  for (std::int64_t r = 0; r < m; ++r, a += kUnits, sums += sums_stride) {
    Vector<A> sum[kVectors];
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) sum[v] = hn::LoadU(d, sums + v * width);
#pragma GCC unroll 8
    for (int u = 0; u < kUnits; ++u) {
      const auto factor = hn::Set(d, a[u]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) sum[v] = A::step(factor, b[u][v], sum[v]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, sums + v * width);
  }
}

/// The columns that do not fill a group: the same on a copy with zeros.
template <class A>
HWY_NOINLINE void add_last_block(const typename A::Element* const* rows, std::int64_t column,
                                 std::int64_t count, const typename A::Sum* a, std::int64_t m,
                                 typename A::Sum* sums, std::int64_t sums_stride) {
  using Element = typename A::Element;
  constexpr int kRows = kUnits * A::kGroup;
  constexpr std::int64_t kWidth = kVectors * HWY_MAX_BYTES / sizeof(typename A::Sum);
  Element copy[kRows][kWidth] = {};
  const Element* copied[kRows];
  for (int i = 0; i < kRows; ++i) {
    std::copy_n(rows[i] + column, count, copy[i]);
    copied[i] = copy[i];
  }
  add_block<A>(copied, 0, a, m, sums, sums_stride);
}

template <class A, bool kFetch>
void part_fetching(const SkinnyPart& p) {
  using Element = typename A::Element;
  using Sum = typename A::Sum;
  constexpr std::int64_t kRows = kUnits * A::kGroup;
  const std::int64_t width = kVectors * lanes<A>();
  const std::int64_t ahead =
      std::min<std::int64_t>(kPrefetchBytes / sizeof(Element), p.columns / width * width);
  const std::int64_t padded = (p.columns + width - 1) / width * width;
  auto* sums = reinterpret_cast<Sum*>(p.sums);
  const auto* a = reinterpret_cast<const Sum*>(p.a);
  for (std::int64_t r = 0; r < p.m; ++r) {
    Sum offset = 0;
    for (std::int64_t k = p.first_k; k < p.end_k; k += kRows) {
      offset += A::offset(a + (k / kRows * p.m + r) * kUnits, kUnits);
    }
    std::fill_n(sums + r * p.sums_stride, padded, offset);
  }
  for (std::int64_t k = p.first_k; k < p.end_k; k += kRows) {
    const Element* rows[kRows];
    // Where k ends within the block, A is zero.
    for (std::int64_t i = 0; i < kRows; ++i) {
      rows[i] =
          reinterpret_cast<const Element*>(p.b) + std::min(k + i, p.k - 1) * p.n + p.first_column;
    }
    const Sum* block = a + k / kRows * p.m * kUnits;
    std::int64_t j = 0;
    for (; j + width <= p.columns; j += width) {
      if constexpr (kFetch) {
        // Past the last column comes the next block's first.
        const std::int64_t next =
            j + ahead < p.columns ? j + ahead : j + ahead - p.columns + kRows * p.n;
#pragma GCC unroll 32
        for (std::int64_t i = 0; i < kRows; ++i) prefetch(rows[i] + next, width);
      }
      add_block<A>(rows, j, block, p.m, sums + j, p.sums_stride);
    }
    if (j < p.columns) {
      add_last_block<A>(rows, j, p.columns - j, block, p.m, sums + j, p.sums_stride);
    }
  }
  for (std::int64_t r = 0; r < p.m; ++r) {
    for (std::int64_t j = 0; j < padded; j += width) A::restore(sums + r * p.sums_stride + j);
  }
}

template <class A>
void part(const SkinnyPart& p) {
  p.fetch_ahead ? part_fetching<A, true>(p) : part_fetching<A, false>(p);
}

/// sums[r][j] += row r of A by row j of B; `fetch` where it is the first to read these
/// rows of B and is to fetch ahead.
template <class A, int Rows, int Columns>
HWY_INLINE void add_tile(const typename A::Sum* a, std::int64_t a_stride,
                         const typename A::Element* b, std::int64_t b_stride, std::int64_t elements,
                         bool fetch, typename A::Sum* sums, std::int64_t sums_stride) {
  using Element = typename A::Element;
  const Tag<A> d;
  const std::int64_t step = lanes<A>() * A::kGroup;
  Vector<A> sum[Rows][Columns];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int j = 0; j < Columns; ++j) sum[r][j] = hn::Zero(d);
  }
  const auto add = [&](const Vector<A>(&row)[Columns], std::int64_t i) HWY_ATTR {
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const auto factor = hn::LoadU(d, a + r * a_stride + i / A::kGroup);
#pragma GCC unroll 8
      for (int j = 0; j < Columns; ++j) sum[r][j] = A::step(factor, row[j], sum[r][j]);
    }
  };
  std::int64_t i = 0;
  Vector<A> row[Columns];
  for (; i + step <= elements; i += step) {
#pragma GCC unroll 8
    for (int j = 0; j < Columns; ++j) {
      const Element* at = b + j * b_stride + i;
      if (fetch) prefetch(at + kPrefetchBytes / sizeof(Element), step);
      row[j] = A::along(at);
    }
    add(row, i);
  }
  if (i < elements) {
    for (int j = 0; j < Columns; ++j) {
      Element copy[HWY_MAX_BYTES / sizeof(typename A::Sum) * A::kGroup] = {};
      std::copy_n(b + j * b_stride + i, elements - i, copy);
      row[j] = A::along(copy);
    }
    add(row, i);
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
    for (int j = 0; j < Columns; ++j) {
      sums[r * sums_stride + j] += hn::GetLane(hn::SumOfLanes(d, sum[r][j]));
    }
  }
}

/// Rows [first, m) of A, Rows at a time, by Columns rows of B.
template <class A, int Rows, int Columns>
HWY_NOINLINE void add_rows(const SkinnyPart& p, std::int64_t first, std::int64_t row_of_b,
                           std::int64_t k, std::int64_t end, typename A::Sum* sums) {
  const std::int64_t stride = along_units<A>(p.k);
  const bool fetch = p.fetch_ahead;
  const auto* a = reinterpret_cast<const typename A::Sum*>(p.a) + k / A::kGroup;
  const auto* b = reinterpret_cast<const typename A::Element*>(p.b) + row_of_b * p.k + k;
  for (; first + Rows <= p.m; first += Rows) {
    add_tile<A, Rows, Columns>(a + first * stride, stride, b, p.k, end - k, fetch && first == 0,
                               sums + first * p.sums_stride, p.sums_stride);
  }
  if constexpr (Rows > 1) {
    if (first < p.m) add_rows<A, Rows - 1, Columns>(p, first, row_of_b, k, end, sums);
  }
}

template <class A>
void part_transposed(const SkinnyPart& p) {
  using Sum = typename A::Sum;
  auto* sums = reinterpret_cast<Sum*>(p.sums);
  const std::int64_t stride = along_units<A>(p.k);
  const std::int64_t block = kAlongUnits * A::kGroup;
  for (std::int64_t r = 0; r < p.m; ++r) {
    const Sum* a = reinterpret_cast<const Sum*>(p.a) + r * stride;
    const std::int64_t end = std::min(stride, (p.end_k + A::kGroup - 1) / A::kGroup);
    const Sum offset = A::offset(a + p.first_k / A::kGroup, end - p.first_k / A::kGroup);
    std::fill_n(sums + r * p.sums_stride, p.columns, offset);
  }
  std::int64_t j = 0;
  for (; j + kTileColumns <= p.columns; j += kTileColumns) {
    for (std::int64_t k = p.first_k; k < p.end_k; k += block) {
      add_rows<A, kTileRows, kTileColumns>(p, 0, p.first_column + j, k,
                                           std::min(k + block, p.end_k), sums + j);
    }
  }
  for (; j < p.columns; ++j) {
    add_rows<A, kTileRows, 1>(p, 0, p.first_column + j, p.first_k, p.end_k, sums + j);
  }
}

template <class A>
SkinnyKernels make_kernels(std::string instruction) {
  return {.instruction = std::move(instruction),
          .sum_bytes = sizeof(typename A::Sum),
          // Both a block of rows of B and a vector along k.
          .k_grain = A::kGroup * std::max<std::int64_t>(kUnits, lanes<A>()),
          .column_grain = kVectors * lanes<A>(),
          .packed_bytes = packed_bytes<A>,
          .pack = pack<A>,
          .part = part<A>,
          .part_transposed = part_transposed<A>,
          .finish = nullptr};
}

}  // namespace ASSAY_SKINNY_VARIANT
}  // namespace HWY_NAMESPACE
}  // namespace assay::backends::cpu::native
#ifdef ASSAY_SKINNY_DOTS
HWY_POP_ATTRIBUTES
#endif
#undef ASSAY_SKINNY_VARIANT
HWY_AFTER_NAMESPACE();

#endif  // ASSAY_NATIVE_SKINNY_INL
