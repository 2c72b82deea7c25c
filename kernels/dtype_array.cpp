// Arrays as a whole, block scales included.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

#include "kernels/dtype.h"

namespace assay::kernels {

namespace {

std::int64_t whole_bytes(std::int64_t bits) {
  return (bits + 7) / 8;
}

std::int64_t blocks(const TypeTraits& t, std::int64_t count) {
  return (count + t.block - 1) / t.block;
}

/// Where the scales of an array begin.
std::int64_t scales_at(DataType type, std::size_t bytes) {
  return whole_bytes(count_in(type, static_cast<std::int64_t>(bytes)) * bits_of(type));
}

/// numerator / denominator, rounded so that rounding it once more to a narrower type gives what
/// rounding the exact quotient would give: an inexact one is odd in its last bit (Boldo and
/// Melquiond, IEEE Transactions on Computers 57(4), 2008).
double odd_quotient(double numerator, double denominator) {
  const double quotient = numerator / denominator;
  const double rest = std::fma(-quotient, denominator, numerator);
  if (rest == 0 || !std::isfinite(rest) || (std::bit_cast<std::uint64_t>(quotient) & 1) != 0) {
    return quotient;
  }
  const bool above = (rest > 0) == (denominator > 0);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return std::nextafter(quotient, above ? kInfinity : -kInfinity);
}

double clamped(DataType type, double value) {
  return std::clamp(value, -largest(type), largest(type));
}

double chosen_scale(const TypeTraits& t, std::span<const double> values) {
  double most = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    most = std::max(most, std::fabs(value));
  }
  const double top = largest(t.element);
  if (traits(t.scale).kind == TypeKind::power_of_two) {
    const int widest = std::ilogb(largest(t.scale));
    if (most == 0) return std::ldexp(1.0, -widest);
    return std::ldexp(1.0, std::clamp(std::ilogb(most) - std::ilogb(top), -widest, widest));
  }
  return decode(t.scale, encode(t.scale, clamped(t.scale, odd_quotient(most, top))));
}

std::uint64_t scaled_element(const TypeTraits& t, double value, double scale) {
  if (std::isnan(scale) || scale == 0) return encode(t.element, 0);
  return encode(t.element, clamped(t.element, odd_quotient(value, scale)));
}

void require_whole_blocks(DataType type, std::int64_t first, std::int64_t end,
                          std::int64_t elements) {
  const std::int64_t block = traits(type).block;
  // An array with this number of bytes may end at any of the last few elements.
  const bool ends = end % block == 0 || bytes_of(type, end) == bytes_of(type, elements);
  if (first % block == 0 && ends && end <= elements) return;
  throw std::logic_error(std::string(name(type)) + ": elements are written in whole blocks");
}

}  // namespace

std::int64_t bytes_of(DataType type, std::int64_t count) {
  const TypeTraits& t = traits(type);
  const std::int64_t elements = whole_bytes(count * t.bits);
  return t.block == 0 ? elements : elements + bytes_of(t.scale, blocks(t, count));
}

std::int64_t count_in(DataType type, std::int64_t bytes) {
  const TypeTraits& t = traits(type);
  if (t.block == 0) return bytes * 8 / t.bits;
  const std::int64_t whole = bytes_of(type, t.block), scale = bytes_of(t.scale, 1);
  const std::int64_t rest = std::max<std::int64_t>(0, bytes % whole - scale);
  return bytes / whole * t.block + rest * 8 / t.bits;
}

double load(DataType type, std::span<const std::byte> array, std::int64_t index) {
  if (!is_block_scaled(type)) return load(type, array.data(), index);
  return decode(traits(type).element, load_element_bits(type, array, index)) *
         load_scale(type, array, index);
}

double load_scale(DataType type, std::span<const std::byte> array, std::int64_t index) {
  const TypeTraits& t = traits(type);
  return load(t.scale, array.data() + scales_at(type, array.size()), index / t.block);
}

std::uint64_t load_element_bits(DataType type, std::span<const std::byte> array,
                                std::int64_t index) {
  return load_bits(traits(type).element, array.data(), index);
}

void store_scale(DataType type, std::span<std::byte> array, std::int64_t block, double scale) {
  store(traits(type).scale, array.data() + scales_at(type, array.size()), block, scale);
}

void store(DataType type, std::span<std::byte> array, std::int64_t index, double value) {
  if (!is_block_scaled(type)) return store(type, array.data(), index, value);
  const TypeTraits& t = traits(type);
  store_bits(t.element, array.data(), index,
             scaled_element(t, value, load_scale(type, array, index)));
}

void decode_array(DataType type, std::span<const std::byte> array, std::int64_t first,
                  std::span<double> to) {
  if (!is_block_scaled(type)) return decode_array(type, array.data(), first, to);
  const TypeTraits& t = traits(type);
  decode_array(t.element, array.data(), first, to);
  const std::byte* const scales = array.data() + scales_at(type, array.size());
  for (std::size_t i = 0; i < to.size();) {
    const std::int64_t index = first + static_cast<std::int64_t>(i);
    const double scale = load(t.scale, scales, index / t.block);
    const auto end = std::min(to.size(), i + static_cast<std::size_t>(t.block - index % t.block));
    for (; i < end; ++i) to[i] *= scale;
  }
}

void encode_array(DataType type, std::span<const double> from, std::span<std::byte> array,
                  std::int64_t first) {
  if (!is_block_scaled(type)) return encode_array(type, from, array.data(), first);
  const TypeTraits& t = traits(type);
  const auto count = static_cast<std::int64_t>(from.size());
  require_whole_blocks(type, first, first + count,
                       count_in(type, static_cast<std::int64_t>(array.size())));
  for (std::int64_t at = 0; at < count; at += t.block) {
    const auto block =
        from.subspan(static_cast<std::size_t>(at),
                     static_cast<std::size_t>(std::min<std::int64_t>(t.block, count - at)));
    store_scale(type, array, (first + at) / t.block, chosen_scale(t, block));
    const double scale = load_scale(type, array, first + at);
    for (std::size_t i = 0; i < block.size(); ++i) {
      store_bits(t.element, array.data(), first + at + static_cast<std::int64_t>(i),
                 scaled_element(t, block[i], scale));
    }
  }
}

bool same_bits(DataType type, std::span<const std::byte> a, std::int64_t first_a,
               std::span<const std::byte> b, std::int64_t first_b, std::int64_t count) {
  const TypeTraits& t = traits(type);
  if (t.block == 0 && first_a * t.bits % 8 == 0 && first_b * t.bits % 8 == 0 &&
      count * t.bits % 8 == 0) {
    return std::memcmp(a.data() + bytes_of(type, first_a), b.data() + bytes_of(type, first_b),
                       static_cast<std::size_t>(bytes_of(type, count))) == 0;
  }
  const DataType element = t.block == 0 ? type : t.element;
  for (std::int64_t i = 0; i < count; ++i) {
    if (load_bits(element, a.data(), first_a + i) != load_bits(element, b.data(), first_b + i)) {
      return false;
    }
  }
  if (t.block == 0) return true;
  const std::byte* const scales_a = a.data() + scales_at(type, a.size());
  const std::byte* const scales_b = b.data() + scales_at(type, b.size());
  for (std::int64_t i = 0; i < count; ++i) {
    if (load_bits(t.scale, scales_a, (first_a + i) / t.block) !=
        load_bits(t.scale, scales_b, (first_b + i) / t.block)) {
      return false;
    }
  }
  return true;
}

}  // namespace assay::kernels
