#include "kernels/dtype.h"

#include <algorithm>
#include <array>

#include "kernels/dtype_codec.h"

namespace assay::kernels {

namespace {

#define ASSAY_NAME(name, traits) #name,
constexpr auto kNames = std::to_array<std::string_view>({ASSAY_DATA_TYPES(ASSAY_NAME)});
#undef ASSAY_NAME

constexpr double power_of_two(int exponent) {
  double value = 1;
  for (; exponent > 0; --exponent) value *= 2;
  for (; exponent < 0; ++exponent) value /= 2;
  return value;
}

/// 2^exponent (2 - 2^-mantissa_bits), or one step less where NaN takes the highest code.
constexpr double largest_float(const TypeTraits& t) {
  const int bias = (1 << (t.exponent_bits - 1)) - 1;
  const int top = (1 << t.exponent_bits) - 1 - bias - (t.specials == Specials::infinity ? 1 : 0);
  const double steps = t.specials == Specials::nan ? 2 : 1;
  return (2 - steps * power_of_two(-t.mantissa_bits)) * power_of_two(top);
}

/// What the checks ask of a type for every element.
struct Limits {
  double unit_roundoff = 0, largest = 0, smallest_normal = 0;
};

constexpr Limits limits_of(DataType type) {
  const TypeTraits& t = traits(type);
  switch (t.kind) {
    case TypeKind::integer:
      return {0, power_of_two(t.bits - 1) - 1, 1};
    case TypeKind::power_of_two: {
      const int widest = (1 << (t.bits - 1)) - 1;
      return {power_of_two(-1), power_of_two(widest), power_of_two(-widest)};
    }
    case TypeKind::block_scaled: {
      const Limits element = limits_of(t.element), scale = limits_of(t.scale);
      const double u = traits(t.element).kind == TypeKind::integer
                           ? power_of_two(-traits(t.element).bits)
                           : element.unit_roundoff;
      return {u, element.largest * scale.largest, element.smallest_normal * scale.smallest_normal};
    }
    case TypeKind::floating:
      break;
  }
  return {power_of_two(-t.mantissa_bits - 1), largest_float(t),
          power_of_two(2 - (1 << (t.exponent_bits - 1)))};
}

constexpr auto kLimits = [] {
  std::array<Limits, kDataTypes.size()> all;
  for (const DataType type : kDataTypes) all[static_cast<std::size_t>(type)] = limits_of(type);
  return all;
}();

const Limits& limits(DataType type) {
  return kLimits[static_cast<std::size_t>(type)];
}

}  // namespace

std::string_view name(DataType type) {
  return kNames[static_cast<std::size_t>(type)];
}

std::optional<DataType> data_type(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return kDataTypes[static_cast<std::size_t>(found - kNames.begin())];
}

bool has_nan(DataType type) {
  return !is_integer(type) && traits(type).specials != Specials::none;
}

bool has_infinity(DataType type) {
  return !is_integer(type) && traits(type).specials == Specials::infinity;
}

double unit_roundoff(DataType type) {
  return limits(type).unit_roundoff;
}

double largest(DataType type) {
  return limits(type).largest;
}

double smallest_normal(DataType type) {
  return limits(type).smallest_normal;
}

std::uint64_t encode(DataType type, double value) {
  return with_codec(type, [&](auto codec) { return std::uint64_t{codec.encode(value)}; });
}

double decode(DataType type, std::uint64_t bits) {
  return with_codec(type, [&](auto codec) {
    return codec.decode(static_cast<typename decltype(codec)::Stored>(bits));
  });
}

double load(DataType type, const std::byte* data, std::int64_t index) {
  return with_codec(type, [&](auto codec) { return codec.decode(codec.read(data, index)); });
}

void store(DataType type, std::byte* data, std::int64_t index, double value) {
  store_bits(type, data, index, encode(type, value));
}

std::uint64_t load_bits(DataType type, const std::byte* data, std::int64_t index) {
  return with_codec(type, [&](auto codec) { return std::uint64_t{codec.read(data, index)}; });
}

void store_bits(DataType type, std::byte* data, std::int64_t index, std::uint64_t bits) {
  with_codec(type, [&](auto codec) {
    codec.write(data, index, static_cast<typename decltype(codec)::Stored>(bits));
    return std::uint64_t{0};
  });
}

void decode_array(DataType type, const std::byte* data, std::int64_t first, std::span<double> to) {
  with_codec(type, [&](auto codec) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      to[i] = codec.decode(codec.read(data, first + static_cast<std::int64_t>(i)));
    }
    return 0;
  });
}

void encode_array(DataType type, std::span<const double> from, std::byte* data,
                  std::int64_t first) {
  with_codec(type, [&](auto codec) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      codec.write(data, first + static_cast<std::int64_t>(i), codec.encode(from[i]));
    }
    return 0;
  });
}

}  // namespace assay::kernels
