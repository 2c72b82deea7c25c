#include "kernels/dtype.h"

#include <algorithm>
#include <cmath>

#include "kernels/dtype_codec.h"

namespace assay::kernels {

namespace {

#define ASSAY_NAME(name, traits) #name,
constexpr auto kNames = std::to_array<std::string_view>({ASSAY_DATA_TYPES(ASSAY_NAME)});
#undef ASSAY_NAME

/// 2^exponent (2 - 2^-mantissa_bits), or one step less where NaN takes the highest code.
double largest_float(const TypeTraits& t) {
  const int bias = (1 << (t.exponent_bits - 1)) - 1;
  const int top = (1 << t.exponent_bits) - 1 - bias - (t.specials == Specials::infinity ? 1 : 0);
  const double steps = t.specials == Specials::nan ? 2 : 1;
  return std::ldexp(2 - steps * std::ldexp(1.0, -t.mantissa_bits), top);
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
  const TypeTraits& t = traits(type);
  if (is_block_scaled(type)) return unit_roundoff(t.element);
  return is_integer(type) ? 0 : std::ldexp(1.0, -t.mantissa_bits - 1);
}

double largest(DataType type) {
  const TypeTraits& t = traits(type);
  switch (t.kind) {
    case TypeKind::integer:
      return std::ldexp(1.0, t.bits - 1) - 1;
    case TypeKind::power_of_two:
      return std::ldexp(1.0, (1 << (t.bits - 1)) - 1);
    case TypeKind::block_scaled:
      return largest(t.element) * largest(t.scale);
    case TypeKind::floating:
      break;
  }
  return largest_float(t);
}

double smallest_normal(DataType type) {
  const TypeTraits& t = traits(type);
  switch (t.kind) {
    case TypeKind::integer:
      return 1;
    case TypeKind::power_of_two:
      return std::ldexp(1.0, 1 - (1 << (t.bits - 1)));
    case TypeKind::block_scaled:
      return smallest_normal(t.element) * smallest_normal(t.scale);
    case TypeKind::floating:
      break;
  }
  return std::ldexp(1.0, 2 - (1 << (t.exponent_bits - 1)));
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
