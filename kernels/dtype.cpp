#include "kernels/dtype.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace assay::kernels {

namespace {

struct Traits {
  std::string_view name;
  std::size_t size;
  double unit_roundoff, largest, smallest_normal;
};

constexpr Traits kTraits[] = {
    {"f64", 8, 0x1p-53, std::numeric_limits<double>::max(), 0x1p-1022},
    {"f32", 4, 0x1p-24, 0x1.fffffep127, 0x1p-126},
    {"tf32", 4, 0x1p-11, 0x1.ffcp127, 0x1p-126},
    {"bf16", 2, 0x1p-8, 0x1.fep127, 0x1p-126},
    {"f16", 2, 0x1p-11, 65504, 0x1p-14},
    {"f8e4m3", 1, 0x1p-4, 448, 0x1p-6},
    {"f8e5m2", 1, 0x1p-3, 57344, 0x1p-14},
    {"i8", 1, 0, 127, 1},
    {"i32", 4, 0, 2147483647, 1},
};

const Traits& traits(DataType type) {
  return kTraits[static_cast<std::size_t>(type)];
}

constexpr int kDoubleMantissa = 52, kDoubleBias = 1023;

/// A binary format of one sign bit, kExponent and kMantissa bits, in the layout of IEEE 754.
/// Without infinity only the code of all ones is NaN, and its neighbour is the largest value.
template <int kExponent, int kMantissa, bool kInfinity>
struct Format {
  static constexpr int kBias = (1 << (kExponent - 1)) - 1;
  static constexpr std::uint64_t kSign = std::uint64_t{1} << (kExponent + kMantissa);
  static constexpr std::uint64_t kTop = ((std::uint64_t{1} << kExponent) - 1) << kMantissa;
  /// Infinity, or the one NaN where there is none.
  static constexpr std::uint64_t kOverflow = kInfinity ? kTop : kSign - 1;
  static constexpr std::uint64_t kNaN =
      kInfinity ? kTop | (std::uint64_t{1} << (kMantissa - 1)) : kSign - 1;

  static std::uint64_t encode(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t sign = bits >> 63 != 0 ? kSign : 0;
    const std::uint64_t magnitude = bits << 1 >> 1;
    if (std::isnan(value)) return sign | kNaN;
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
    if (kInfinity ? magnitude > kTop : magnitude == kSign - 1) {
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
};

using TensorFloat32 = Format<8, 10, true>;
using BFloat16 = Format<8, 7, true>;
using Half = Format<5, 10, true>;
using E4M3 = Format<4, 3, false>;
using E5M2 = Format<5, 2, true>;

/// Nearest, ties to even, saturated; 0 for NaN.
std::int64_t round_to(double value, double least, double most) {
  if (std::isnan(value)) return 0;
  return static_cast<std::int64_t>(std::fmin(std::fmax(std::nearbyint(value), least), most));
}

/// What converts one type: its storage, and the functions in both directions.
struct Float64 {
  using Stored = double;
  static double decode(Stored stored) { return stored; }
  static Stored encode(double value) { return value; }
};
struct Float32 {
  using Stored = float;
  static double decode(Stored stored) { return stored; }
  static Stored encode(double value) { return static_cast<float>(value); }
};
template <typename F, typename Bits>
struct Narrow {
  using Stored = Bits;
  static double decode(Stored stored) { return F::decode(stored); }
  static Stored encode(double value) { return static_cast<Bits>(F::encode(value)); }
};
struct TensorFloat32Codec {
  using Stored = std::uint32_t;
  static constexpr int kZeros = 13;  ///< low bits that are always zero
  static double decode(Stored stored) { return std::bit_cast<float>(stored); }
  static Stored encode(double value) {
    return static_cast<Stored>(TensorFloat32::encode(value) << kZeros);
  }
};
struct BFloat16Codec : Narrow<BFloat16, std::uint16_t> {
  static double decode(Stored stored) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(stored) << 16);
  }
};
struct HalfCodec : Narrow<Half, std::uint16_t> {
  // The exponent is moved to that of FP32 by an exact product, subnormals included.
  static double decode(Stored stored) {
    const std::uint32_t magnitude = (stored & 0x7fffu) << 13;
    const float finite = std::bit_cast<float>(magnitude) * 0x1p112f;
    const float special = std::bit_cast<float>(magnitude | 0x7f800000u);
    const float value = magnitude < 0x0f800000u ? finite : special;
    const std::uint32_t sign = (stored & 0x8000u) << 16;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) | sign);
  }
};
template <typename F>
struct ByteCodec : Narrow<F, std::uint8_t> {
  static double decode(std::uint8_t stored) {
    static const auto values = [] {
      std::array<double, 256> all;
      for (std::size_t i = 0; i < all.size(); ++i) all[i] = F::decode(i);
      return all;
    }();
    return values[stored];
  }
};
struct Int8 {
  using Stored = std::int8_t;
  static double decode(Stored stored) { return stored; }
  static Stored encode(double value) { return static_cast<Stored>(round_to(value, -128, 127)); }
};
struct Int32 {
  using Stored = std::int32_t;
  static double decode(Stored stored) { return stored; }
  static Stored encode(double value) {
    return static_cast<Stored>(round_to(value, -0x1p31, 0x1p31 - 1));
  }
};

/// Calls `use` with the codec of a type.
template <typename Use>
auto with_codec(DataType type, Use use) {
  switch (type) {
    case DataType::f64:
      return use(Float64{});
    case DataType::f32:
      return use(Float32{});
    case DataType::tf32:
      return use(TensorFloat32Codec{});
    case DataType::bf16:
      return use(BFloat16Codec{});
    case DataType::f16:
      return use(HalfCodec{});
    case DataType::f8e4m3:
      return use(ByteCodec<E4M3>{});
    case DataType::f8e5m2:
      return use(ByteCodec<E5M2>{});
    case DataType::i8:
      return use(Int8{});
    case DataType::i32:
      break;
  }
  return use(Int32{});
}

template <typename Stored>
Stored read(const std::byte* data, std::int64_t index) {
  Stored stored;
  std::memcpy(&stored, data + index * static_cast<std::int64_t>(sizeof stored), sizeof stored);
  return stored;
}

template <typename Stored>
void write(std::byte* data, std::int64_t index, Stored stored) {
  std::memcpy(data + index * static_cast<std::int64_t>(sizeof stored), &stored, sizeof stored);
}

static_assert(std::endian::native == std::endian::little,
              "bit patterns are kept in the low bytes of wider integers");

}  // namespace

std::string_view name(DataType type) {
  return traits(type).name;
}

std::optional<DataType> data_type(std::string_view name) {
  for (const DataType type : kDataTypes) {
    if (traits(type).name == name) return type;
  }
  return std::nullopt;
}

std::size_t size_of(DataType type) {
  return traits(type).size;
}

bool is_integer(DataType type) {
  return type == DataType::i8 || type == DataType::i32;
}

double unit_roundoff(DataType type) {
  return traits(type).unit_roundoff;
}

double largest(DataType type) {
  return traits(type).largest;
}

double smallest_normal(DataType type) {
  return traits(type).smallest_normal;
}

std::uint64_t encode(DataType type, double value) {
  return with_codec(type, [&](auto codec) {
    const auto stored = codec.encode(value);
    std::uint64_t bits = 0;
    std::memcpy(&bits, &stored, sizeof stored);
    return bits;
  });
}

double decode(DataType type, std::uint64_t bits) {
  return load(type, reinterpret_cast<const std::byte*>(&bits), 0);
}

double load(DataType type, const std::byte* data, std::int64_t index) {
  return with_codec(type, [&](auto codec) {
    return codec.decode(read<typename decltype(codec)::Stored>(data, index));
  });
}

void store(DataType type, std::byte* data, std::int64_t index, double value) {
  with_codec(type, [&](auto codec) { write(data, index, codec.encode(value)); });
}

void decode_array(DataType type, const std::byte* data, std::int64_t first, std::span<double> to) {
  with_codec(type, [&](auto codec) {
    using Stored = typename decltype(codec)::Stored;
    const std::byte* const from = data + first * static_cast<std::int64_t>(sizeof(Stored));
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = codec.decode(read<Stored>(from, static_cast<std::int64_t>(i)));
    }
  });
}

void encode_array(DataType type, std::span<const double> from, std::byte* data,
                  std::int64_t first) {
  with_codec(type, [&](auto codec) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      write(data, first + static_cast<std::int64_t>(i), codec.encode(from[i]));
    }
  });
}

}  // namespace assay::kernels
