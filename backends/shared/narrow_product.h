// Whether a library that multiplies 16-bit operands into f32 computes that, or rounds the result to
// 16 bits before it widens it, which its documents do not say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/dtype.h"

namespace assay::backends {

struct NarrowProduct {
  static constexpr std::int64_t kSide = 16;  ///< A, B and C are kSide x kSide, row-major
  kernels::DataType type;
  std::vector<std::byte> a, b;

  /// Each row of A is 1, 2^-13, 0 …, and B is all ones: 1 + 2^-13 is a f32, and neither a f16 nor a
  /// bf16.
  explicit NarrowProduct(kernels::DataType of) : type(of) {
    std::vector<double> left(kElements, 0);
    for (std::size_t i = 0; i < kElements; i += kSide) {
      left[i] = 1;
      left[i + 1] = kFine;
    }
    a.resize(static_cast<std::size_t>(kernels::bytes_of(type, kElements)));
    b.resize(a.size());
    kernels::encode_array(type, left, a.data(), 0);
    kernels::encode_array(type, std::vector<double>(kElements, 1), b.data(), 0);
  }

  static std::size_t result_bytes() { return kElements * sizeof(float); }
  /// Of C in f32.
  static bool is_kept(const std::vector<std::byte>& c) {
    return kernels::load(kernels::DataType::f32, c.data(), 0) == 1 + kFine;
  }

 private:
  static constexpr std::size_t kElements = kSide * kSide;
  static constexpr double kFine = 1.0 / 8192;
};

}  // namespace assay::backends
