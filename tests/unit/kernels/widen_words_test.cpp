// Compiled separately: it includes a portable text.
// The words that decode narrow types in portable kernels, for every code, against the table of
// types.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "kernels/dtype.h"

namespace assay::kernels {
namespace {

namespace text {
using index_t = std::int64_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
#define DEVICE [[maybe_unused]] static inline
#define GLOBAL
#define f32_of_bits(bits) std::bit_cast<float>(bits)
#define bits_of_f32(value) std::bit_cast<u32>(value)
#define wide_of_bf16(bits) std::bit_cast<float>(static_cast<u32>(bits) << 16)
#define wide_of_f16(bits) static_cast<float>(decode(DataType::f16, bits))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include "kernels/prelude/widen.h"
#pragma GCC diagnostic pop
}  // namespace text

using text::u32;

/// The value that the words give to a code.
double value_of(DataType type, u32 bits) {
  using namespace text;
  switch (type) {
    case DataType::i4:
      return value_of_i4(bits);
    case DataType::f8e4m3:
      return value_of_f8e4m3(bits);
    case DataType::f8e5m2:
      return value_of_f8e5m2(bits);
    case DataType::f6e3m2:
      return value_of_f6e3m2(bits);
    case DataType::f6e2m3:
      return value_of_f6e2m3(bits);
    case DataType::f4e2m1:
      return value_of_f4e2m1(bits);
    case DataType::f8e8m0:
      return value_of_f8e8m0(bits);
    case DataType::bf16:
      return value_of_bf16(bits);
    default:
      return value_of_f16(bits);
  }
}

class WidenWords : public testing::TestWithParam<DataType> {};

TEST_P(WidenWords, DecodeEveryCodeAsTheTableDoes) {
  for (u32 code = 0; code < u32{1} << bits_of(GetParam()); ++code) {
    const double expected = decode(GetParam(), code), got = value_of(GetParam(), code);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(got)) << code;
    } else {
      ASSERT_EQ(got, expected) << code;
      ASSERT_EQ(std::signbit(got), std::signbit(expected)) << code;
    }
  }
}

TEST_P(WidenWords, FindEveryElementOfAPackedArray) {
  const int bits = bits_of(GetParam());
  std::vector<std::byte> array(static_cast<std::size_t>(bytes_of(GetParam(), 1000)));
  for (std::size_t i = 0; i < array.size(); ++i) array[i] = static_cast<std::byte>(i * 151 + 7);
  for (std::int64_t i = 0; i < 1000; ++i) {
    ASSERT_EQ(text::bits_at(reinterpret_cast<const text::u8*>(array.data()), i, bits),
              load_bits(GetParam(), array.data(), i))
        << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, WidenWords,
                         testing::Values(DataType::i4, DataType::f8e4m3, DataType::f8e5m2,
                                         DataType::f6e3m2, DataType::f6e2m3, DataType::f4e2m1,
                                         DataType::f8e8m0, DataType::bf16, DataType::f16),
                         [](const auto& one) { return std::string(name(one.param)); });

}  // namespace
}  // namespace assay::kernels
