// The pattern that marks what no operation has written.
#include <algorithm>
#include <cmath>

#include "kernels/bulk.h"
#include "kernels/input.h"

namespace assay::kernels {

namespace {

/// The bits of a poisoned element of a type without block scales.
std::uint64_t poison_bits(DataType type) {
  if (has_nan(type)) return ~std::uint64_t{0} >> (64 - bits_of(type));
  // The lowest integer, or minus zero.
  if (bits_of(type) <= 8) return std::uint64_t{1} << (bits_of(type) - 1);
  return 0x8080808080808080 >> (64 - bits_of(type));
}

}  // namespace

void poison(DataType type, Bytes buffer) {
  if (is_block_scaled(type) || bits_of(type) % 8 == 0) {
    const bool ones = is_block_scaled(type) || has_nan(type);
    fill_bytes(buffer, ones ? std::byte{0xff} : std::byte{0x80});
    return;
  }
  std::fill(buffer.begin(), buffer.end(), std::byte{0});
  const std::int64_t count = count_in(type, static_cast<std::int64_t>(buffer.size()));
  for (std::int64_t i = 0; i < count; ++i) store_bits(type, buffer.data(), i, poison_bits(type));
}

bool is_poisoned(DataType type, ConstBytes array, std::int64_t index) {
  if (!is_block_scaled(type)) return load_bits(type, array.data(), index) == poison_bits(type);
  const std::uint64_t ones = ~std::uint64_t{0} >> (64 - bits_of(type));
  return load_element_bits(type, array, index) == ones &&
         std::isnan(load_scale(type, array, index));
}

std::int64_t count_poisoned(DataType type, ConstBytes buffer) {
  const std::int64_t count = count_in(type, static_cast<std::int64_t>(buffer.size()));
  std::int64_t poisoned = 0;
  for (std::int64_t i = 0; i < count; ++i) poisoned += is_poisoned(type, buffer, i) ? 1 : 0;
  return poisoned;
}

}  // namespace assay::kernels
