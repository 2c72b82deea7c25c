// How single elements are converted, type by type, as the table of types says. For dtype.cpp alone.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "kernels/dtype.h"

namespace assay::kernels {

inline constexpr int kDoubleMantissa = 52, kDoubleBias = 1023;

/// A binary format of one sign bit, kExponent and kMantissa bits, in the layout of IEEE 754.
template <int kExponent, int kMantissa, Specials kSpecials>
struct Format {
  static constexpr bool kInfinity = kSpecials == Specials::infinity;
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr std::uint64_t kSign = std::uint64_t{1} << (kExponent + kMantissa);
  static constexpr std::uint64_t kTop = ((std::uint64_t{1} << kExponent) - 1) << kMantissa;
  /// Infinity, or the one NaN, or the largest value.
  static constexpr std::uint64_t kOverflow = kInfinity ? kTop : kSign - 1;

  static std::uint64_t encode(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t sign = bits >> 63 != 0 ? kSign : 0;
    const std::uint64_t magnitude = bits << 1 >> 1;
    if (std::isnan(value)) return encoded_nan(sign);
    const int exponent = static_cast<int>(magnitude >> kDoubleMantissa) - kDoubleBias;
    if (exponent > kBias + 1) return sign | kOverflow;
    constexpr int kLeast = 1 - kBias;
    const int below = exponent < kLeast ? kLeast - exponent : 0;
    const int shift = kDoubleMantissa - kMantissa + below;
    if (shift > kDoubleMantissa + 1) return sign;  // less than half the smallest subnormal
    constexpr std::uint64_t kHidden = std::uint64_t{1} << kDoubleMantissa;
    const std::uint64_t significand = (magnitude & (kHidden - 1)) | kHidden;
    const std::uint64_t rest = significand & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    std::uint64_t code = significand >> shift;
    if (rest > half || (rest == half && (code & 1) != 0)) ++code;
    // The hidden bit adds one to the exponent field; a carry out of the mantissa adds another.
    if (below == 0) code += static_cast<std::uint64_t>(exponent - kLeast) << kMantissa;
    return sign | (code < kOverflow ? code : kOverflow);
  }

  static double decode(std::uint64_t bits) {
    const std::uint64_t magnitude = bits & (kSign - 1);
    const auto field = static_cast<int>(magnitude >> kMantissa);
    const std::uint64_t mantissa = magnitude & ((std::uint64_t{1} << kMantissa) - 1);
    double value;
    if (is_nan(magnitude)) {
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (kInfinity && magnitude == kTop) {
      value = std::numeric_limits<double>::infinity();
    } else if (field == 0) {
      value = std::ldexp(static_cast<double>(mantissa), 1 - kBias - kMantissa);
    } else {
      const auto exponent = static_cast<std::uint64_t>(field - kBias + kDoubleBias);
      value = std::bit_cast<double>((exponent << kDoubleMantissa) |
                                    (mantissa << (kDoubleMantissa - kMantissa)));
    }
    return (bits & kSign) != 0 ? -value : value;
  }

 private:
  static std::uint64_t encoded_nan(std::uint64_t sign) {
    if (kSpecials == Specials::none) return kOverflow;
    return sign | (kInfinity ? kTop | (std::uint64_t{1} << (kMantissa - 1)) : kOverflow);
  }
  static bool is_nan(std::uint64_t magnitude) {
    if (kInfinity) return magnitude > kTop;
    return kSpecials == Specials::nan && magnitude == kSign - 1;
  }
};

/// A biased exponent of kBits alone.
template <int kBits>
struct PowerOfTwo {
  static constexpr int kBias = (1 << (kBits - 1)) - 1;
  static constexpr int kNaN = (1 << kBits) - 1;

  static std::uint64_t encode(double value) {
    if (std::isnan(value) || value == std::numeric_limits<double>::infinity()) return kNaN;
    if (!(value > 0)) return 0;
    const int exponent = std::ilogb(value);
    const double significand = std::ldexp(value, -exponent);
    int code = exponent + kBias;
    if (significand > 1.5 || (significand == 1.5 && (code & 1) != 0)) ++code;
    return static_cast<std::uint64_t>(code < 0 ? 0 : code > kNaN ? kNaN : code);
  }
  static double decode(std::uint64_t bits) {
    if (bits == kNaN) return std::numeric_limits<double>::quiet_NaN();
    return std::ldexp(1.0, static_cast<int>(bits) - kBias);
  }
};

template <int kBits>
struct Integer {
  static constexpr double kLargest = static_cast<double>((std::uint64_t{1} << (kBits - 1)) - 1);

  /// Nearest, ties to even, saturated; 0 for NaN.
  static std::uint64_t encode(double value) {
    if (std::isnan(value)) return 0;
    const double kept = std::fmin(std::fmax(std::nearbyint(value), -kLargest - 1), kLargest);
    const auto bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(kept));
    return bits & ~std::uint64_t{0} >> (64 - kBits);
  }
  static double decode(std::uint64_t bits) {
    return static_cast<double>(static_cast<std::int64_t>(bits << (64 - kBits)) >> (64 - kBits));
  }
};

/// Conversion by the definition of the format, and by what the machine has of its own where that
/// gives the same bits faster.
template <DataType kType>
struct Codec {
  static constexpr TypeTraits kTraits = traits(kType);
  static constexpr int kBits = kTraits.bits;
  static constexpr int kExponent = kTraits.exponent_bits, kMantissa = kTraits.mantissa_bits;
  static constexpr bool kIsFloating = kTraits.kind == TypeKind::floating;
  using Stored = std::conditional_t<
      kBits <= 8, std::uint8_t,
      std::conditional_t<kBits == 16, std::uint16_t,
                         std::conditional_t<kBits == 32, std::uint32_t, std::uint64_t>>>;
  /// Low bits of a floating type that are always zero.
  static constexpr int kZeros = kIsFloating ? kBits - 1 - kExponent - kMantissa : 0;
  using Definition =
      std::conditional_t<kIsFloating,
                         Format<kIsFloating ? kExponent : 2, kMantissa, kTraits.specials>,
                         std::conditional_t<kTraits.kind == TypeKind::power_of_two,
                                            PowerOfTwo<kBits>, Integer<kBits>>>;
  static constexpr bool kIsHeadOfF32 =
      kIsFloating && kExponent == 8 && kTraits.specials == Specials::infinity;
  static constexpr bool kIsHalf =
      kIsFloating && kBits == 16 && kExponent == 5 && kTraits.specials == Specials::infinity;

  static Stored encode(double value) {
    if constexpr (kIsFloating && kMantissa == kDoubleMantissa) {
      return std::bit_cast<std::uint64_t>(value);
    } else if constexpr (kIsHeadOfF32 && kBits == 32 && kMantissa == 23) {
      return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    } else {
      return static_cast<Stored>(Definition::encode(value) << kZeros);
    }
  }

  static double decode(Stored stored) {
    if constexpr (kIsFloating && kMantissa == kDoubleMantissa) {
      return std::bit_cast<double>(stored);
    } else if constexpr (kIsHeadOfF32) {
      const auto bits = static_cast<std::uint32_t>(std::uint64_t{stored} << (32 - kBits));
      return static_cast<double>(std::bit_cast<float>(bits));
    } else if constexpr (kIsHalf) {
      return decode_half(stored);
    } else if constexpr (kTraits.kind == TypeKind::integer) {
      return Definition::decode(stored);
    } else if constexpr (kBits <= 8) {
      static const auto values = [] {
        std::array<double, std::size_t{1} << kBits> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = Definition::decode(i);
        return all;
      }();
      return values[stored];
    } else {
      return Definition::decode(std::uint64_t{stored} >> kZeros);
    }
  }

  static Stored read(const std::byte* data, std::int64_t index) {
    Stored stored;
    if constexpr (kBits % 8 == 0) {
      std::memcpy(&stored, data + index * static_cast<std::int64_t>(sizeof stored), sizeof stored);
    } else {
      const std::byte* const at = data + index * kBits / 8;
      const int shift = static_cast<int>(index * kBits % 8);
      auto bits = static_cast<unsigned>(at[0]);
      if (shift + kBits > 8) bits |= static_cast<unsigned>(at[1]) << 8;
      stored = static_cast<Stored>(bits >> shift & kMask);
    }
    return stored;
  }

  static void write(std::byte* data, std::int64_t index, Stored stored) {
    if constexpr (kBits % 8 == 0) {
      std::memcpy(data + index * static_cast<std::int64_t>(sizeof stored), &stored, sizeof stored);
    } else {
      std::byte* const at = data + index * kBits / 8;
      const int shift = static_cast<int>(index * kBits % 8);
      const unsigned kept = ~(kMask << shift), bits = (stored & kMask) << shift;
      at[0] = static_cast<std::byte>((static_cast<unsigned>(at[0]) & kept) | (bits & 0xff));
      if (shift + kBits > 8) {
        at[1] =
            static_cast<std::byte>((static_cast<unsigned>(at[1]) & kept >> 8) | (bits >> 8 & 0xff));
      }
    }
  }

 private:
  static constexpr unsigned kMask = kBits < 32 ? (1u << (kBits % 32)) - 1 : ~0u;

  /// The exponent is moved to that of FP32 by an exact product, subnormals included.
  static double decode_half(Stored stored) {
    const std::uint32_t magnitude = (stored & 0x7fffu) << 13;
    const float finite = std::bit_cast<float>(magnitude) * 0x1p112f;
    const float special = std::bit_cast<float>(magnitude | 0x7f800000u);
    const float value = magnitude < 0x0f800000u ? finite : special;
    const std::uint32_t sign = (stored & 0x8000u) << 16;
    return static_cast<double>(std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) | sign));
  }
};

/// Calls `use` with the codec of a type.
template <std::size_t kIndex = 0, typename Use>
auto with_codec(DataType type, Use use) -> decltype(use(Codec<DataType::f64>{})) {
  if constexpr (kIndex == kDataTypes.size()) {
    throw std::logic_error(std::string(name(type)) +
                           ": an element of a block-scaled type has no value without its scale");
  } else if constexpr (is_block_scaled(kDataTypes[kIndex])) {
    return with_codec<kIndex + 1>(type, use);
  } else {
    if (type == kDataTypes[kIndex]) return use(Codec<kDataTypes[kIndex]>{});
    return with_codec<kIndex + 1>(type, use);
  }
}

static_assert(std::endian::native == std::endian::little,
              "bit patterns are kept in the low bytes of wider integers");

}  // namespace assay::kernels
