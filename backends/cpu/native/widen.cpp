#include "backends/cpu/native/widen.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace assay::backends::cpu::native {

namespace {

using kernels::DataType;

/// The values of all codes of a type of up to 16 bits.
std::vector<float> values_of(DataType type) {
  std::vector<float> values(std::size_t{1} << kernels::bits_of(type));
  for (std::size_t code = 0; code < values.size(); ++code) {
    values[code] = static_cast<float>(kernels::decode(type, code));
  }
  return values;
}

unsigned byte_at(const std::byte* from, std::int64_t index) {
  return std::to_integer<unsigned>(from[index]);
}

std::uint16_t half_at(const std::byte* from, std::int64_t index) {
  std::uint16_t value;
  std::memcpy(&value, from + 2 * index, sizeof value);
  return value;
}

}  // namespace

Widener::Widener(DataType type, const std::byte* array, std::int64_t elements)
    : type_(type),
      element_(kernels::element_of(type)),
      elements_(array),
      scales_(array + kernels::bytes_of(element_, elements)),
      block_(kernels::traits(type).block),
      values_(values_of(element_)) {
  if (block_ == 0) return;
  const DataType scale = kernels::traits(type).scale;
  if (kernels::bits_of(scale) <= 16) scale_values_ = values_of(scale);
}

bool Widener::reads(DataType type) {
  const int bits = kernels::bits_of(kernels::element_of(type));
  return bits == 4 || bits == 6 || bits == 8 || bits == 16;
}

float Widener::scale_of(std::int64_t block) const {
  switch (kernels::bits_of(kernels::traits(type_).scale)) {
    case 8:
      return scale_values_[byte_at(scales_, block)];
    case 16:
      return scale_values_[half_at(scales_, block)];
    default: {
      float scale;
      std::memcpy(&scale, scales_ + block * 4, sizeof scale);
      return scale;
    }
  }
}

void Widener::widen(std::int64_t first, std::int64_t count, float* to, std::int64_t step) const {
  if (block_ == 0) return widen_block(first, count, 1, to, step);
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t at = first + done;
    const std::int64_t length = std::min(count - done, block_ - at % block_);
    widen_block(at, length, scale_of(at / block_), to + done * step, step);
    done += length;
  }
}

void Widener::widen_block(std::int64_t first, std::int64_t count, float scale, float* to,
                          std::int64_t step) const {
  const float* const values = values_.data();
  switch (kernels::bits_of(element_)) {
    case 4: {
      std::int64_t i = 0;
      if (first % 2 != 0) to[i++ * step] = values[byte_at(elements_, first / 2) >> 4] * scale;
      for (; i + 1 < count; i += 2) {
        const unsigned pair = byte_at(elements_, (first + i) / 2);
        to[i * step] = values[pair & 15U] * scale;
        to[(i + 1) * step] = values[pair >> 4] * scale;
      }
      if (i < count) to[i * step] = values[byte_at(elements_, (first + i) / 2) & 15U] * scale;
      break;
    }
    case 6:
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t bit = (first + i) * 6;
        const auto shift = static_cast<unsigned>(bit % 8);
        unsigned bits = byte_at(elements_, bit / 8);
        if (shift > 2) bits |= byte_at(elements_, bit / 8 + 1) << 8;
        to[i * step] = values[bits >> shift & 63U] * scale;
      }
      break;
    case 8:
      for (std::int64_t i = 0; i < count; ++i) {
        to[i * step] = values[byte_at(elements_, first + i)] * scale;
      }
      break;
    default:
      for (std::int64_t i = 0; i < count; ++i) {
        to[i * step] = values[half_at(elements_, first + i)] * scale;
      }
  }
}

}  // namespace assay::backends::cpu::native
