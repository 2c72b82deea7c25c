#include "tests/fakes/common/tensor_cores.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace assay::fakes {
namespace {

/// A value with all below 2^-13 of the unit of `scale` cut off.
double cut(double value, double scale) {
  const double step = std::ldexp(1, std::ilogb(scale) - 13);
  return std::trunc(value / step) * step;
}

/// One sum as an instruction after the other adds 32 products to it: all are cut to 13 bits below
/// the largest. Every 128 products it goes to an f32 sum, unless it is fast.
float narrow_sum(const double* a, const double* b, std::int64_t k, std::int64_t b_stride,
                 bool fast) {
  constexpr std::int64_t kInstruction = 32, kPromoted = 128;
  float sum = 0;
  double part = 0;
  for (std::int64_t first = 0; first < k; first += kInstruction) {
    const std::int64_t end = std::min(first + kInstruction, k);
    double largest = std::abs(part);
    for (std::int64_t i = first; i < end; ++i) {
      largest = std::max(largest, std::abs(a[i] * b[i * b_stride]));
    }
    if (largest > 0) {
      part = cut(part, largest);
      for (std::int64_t i = first; i < end; ++i) part += cut(a[i] * b[i * b_stride], largest);
      if (part != 0) part = cut(part, part);
    }
    if (fast || end % kPromoted != 0) continue;
    sum += static_cast<float>(part);
    part = 0;
  }
  return sum + static_cast<float>(part);
}

}  // namespace

void multiply_narrowly(const Matrix& a, const Matrix& b, const Matrix& c, bool fast) {
  const std::vector<double> left = decoded(a), right = decoded(b);
  std::vector<double> sums(static_cast<std::size_t>(c.rows * c.columns));
  for (std::int64_t i = 0; i < c.rows; ++i) {
    for (std::int64_t j = 0; j < c.columns; ++j) {
      sums[static_cast<std::size_t>(i * c.columns + j)] = static_cast<double>(
          narrow_sum(left.data() + i * a.columns, right.data() + j, a.columns, b.columns, fast));
    }
  }
  encode(sums, c);
}

void round_to_tf32(std::vector<float>& values) {
  for (float& value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    constexpr std::uint32_t kDropped = 13;
    bits = (bits + (1U << (kDropped - 1))) >> kDropped << kDropped;
    std::memcpy(&value, &bits, sizeof value);
  }
}

}  // namespace assay::fakes
