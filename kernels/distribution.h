// How the distributions of operands take their values from random bits: see distributions().
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "kernels/dtype.h"

namespace assay::kernels {

enum class Distribution { uniform, normal, integer, llm };
inline constexpr std::array<std::string_view, 4> kDistributionNames = {"uniform", "normal",
                                                                       "integer", "llm"};

/// Random bits per element.
enum class Draw : std::int64_t { bits16 = 16, bits32 = 32, bits64 = 64 };

/// A normal number is a sum of uniform bytes (Irwin-Hall), with variance (256^2 - 1) / 12 each:
/// eight of them, or four for elements of a byte or less, which have no finer steps.
inline std::int64_t bytes_summed(DataType type) {
  return bits_of(type) <= 8 ? 4 : 8;
}

inline constexpr double kOutlierScale = 16;
inline constexpr std::int64_t kOutlierEvery = 128;  ///< channels, one of which is an outlier

inline constexpr std::uint32_t kElements = 0, kOutliers = 1,
                               kScales = 2;  ///< domains of the stream

/// Standard deviation of normal numbers: 1, and for integers, which have no fractions, more.
inline double deviation(DataType type, Distribution distribution) {
  if (!is_integer(type)) return 1;
  const double body = distribution == Distribution::llm ? 1 / kOutlierScale : 1;
  return body * (bits_of(type) <= 8 ? (largest(type) + 1) / 4 : 0x1p20);
}

/// Number of values that a uniform draw of a type chooses from: multiples of the unit roundoff in
/// [-1, 1), or the whole numbers of the range.
inline std::int64_t grid(DataType type) {
  constexpr double kMostIntegers = 0x1p24;
  const double values =
      is_integer(type) ? std::min(2 * largest(type) + 1, kMostIntegers) : 2 / unit_roundoff(type);
  return static_cast<std::int64_t>(values);
}

inline std::uint32_t sum_of_bytes(std::uint64_t x) {
  constexpr std::uint64_t kEven = 0x00ff00ff00ff00ff;
  const std::uint64_t pairs = (x & kEven) + (x >> 8 & kEven);
  return static_cast<std::uint32_t>(pairs * 0x0001000100010001 >> 48);
}

inline std::uint32_t sum_of_bytes(std::uint32_t x) {
  constexpr std::uint32_t kEven = 0x00ff00ff;
  const std::uint32_t pairs = (x & kEven) + (x >> 8 & kEven);
  return (pairs + (pairs >> 16)) & 0xffff;
}

}  // namespace assay::kernels
