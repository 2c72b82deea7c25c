#include "kernels/dtype.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace assay::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The formats as their documents define them: (-1)^s 2^(e - bias) (1 + m / 2^M), subnormals where
/// e = 0 (IEEE 754-2019, 3.4; Micikevicius et al. 2022, table 1).
struct Definition {
  DataType type;
  int exponent_bits, mantissa_bits;
  bool infinity;
};

constexpr Definition kDefinitions[] = {{DataType::bf16, 8, 7, true},
                                       {DataType::f16, 5, 10, true},
                                       {DataType::f8e4m3, 4, 3, false},
                                       {DataType::f8e5m2, 5, 2, true}};

class NarrowFloat : public testing::TestWithParam<Definition> {
 protected:
  const Definition& d = GetParam();
  const unsigned codes = 1u << (d.exponent_bits + d.mantissa_bits);  ///< without the sign
  const unsigned sign = codes;

  double value(unsigned code) const {
    const unsigned magnitude = code % codes;
    const int e = static_cast<int>(magnitude >> d.mantissa_bits);
    const int m = static_cast<int>(magnitude % (1u << d.mantissa_bits));
    const int bias = (1 << (d.exponent_bits - 1)) - 1;
    const double scale = std::pow(2.0, -d.mantissa_bits);
    double result =
        e == 0 ? std::pow(2.0, 1 - bias) * m * scale : std::pow(2.0, e - bias) * (1 + m * scale);
    if (d.infinity && e == (1 << d.exponent_bits) - 1) result = m == 0 ? kInfinity : kNaN;
    if (!d.infinity && magnitude == codes - 1) result = kNaN;
    return code >= sign ? -result : result;
  }
  /// Code of the largest finite value.
  unsigned last() const {
    unsigned code = codes - 1;
    while (!std::isfinite(value(code))) --code;
    return code;
  }
};

TEST_P(NarrowFloat, DecodesEveryCodeAsDefined) {
  for (unsigned code = 0; code < 2 * codes; ++code) {
    const double expected = value(code), got = decode(d.type, code);
    if (std::isnan(expected)) {
      ASSERT_TRUE(std::isnan(got)) << code;
    } else {
      ASSERT_EQ(got, expected) << code;
      ASSERT_EQ(std::signbit(got), std::signbit(expected)) << code;
    }
  }
}

TEST_P(NarrowFloat, EncodesEveryValueToItsCode) {
  for (unsigned code = 0; code < 2 * codes; ++code) {
    const double exact = value(code);
    if (std::isnan(exact)) continue;
    ASSERT_EQ(encode(d.type, exact), code);
  }
}

TEST_P(NarrowFloat, RoundsBetweenNeighboursToTheNearestAndTiesToEven) {
  for (unsigned code = 0; code < last(); ++code) {
    const double below = value(code), above = value(code + 1);
    const double middle = below + (above - below) / 2;
    const unsigned even = code % 2 == 0 ? code : code + 1;
    ASSERT_EQ(encode(d.type, middle), even) << code;
    ASSERT_EQ(encode(d.type, std::nextafter(middle, 0.0)), code) << code;
    ASSERT_EQ(encode(d.type, std::nextafter(middle, kInfinity)), code + 1) << code;
    ASSERT_EQ(encode(d.type, -middle), sign | even) << code;
    ASSERT_EQ(encode(d.type, -std::nextafter(middle, kInfinity)), sign | (code + 1)) << code;
  }
}

TEST_P(NarrowFloat, OverflowsHalfAStepBeyondTheLargest) {
  const double step = value(last()) - value(last() - 1);
  const double limit = value(last()) + step / 2;
  const unsigned beyond = last() + 1;  // infinity, or NaN where there is none
  // The tie goes to even: up where the largest value's code is odd.
  EXPECT_EQ(encode(d.type, limit), last() % 2 == 1 ? beyond : last());
  EXPECT_EQ(encode(d.type, std::nextafter(limit, 0.0)), last());
  EXPECT_EQ(encode(d.type, std::nextafter(limit, kInfinity)), beyond);
  EXPECT_EQ(encode(d.type, -1e300), sign | beyond);
  EXPECT_EQ(encode(d.type, kInfinity), beyond);
  EXPECT_EQ(encode(d.type, -kInfinity), sign | beyond);
  EXPECT_EQ(largest(d.type), value(last()));
}

TEST_P(NarrowFloat, KeepsNaNAndTheSignOfZero) {
  EXPECT_TRUE(std::isnan(decode(d.type, encode(d.type, kNaN))));
  EXPECT_EQ(encode(d.type, 0.0), 0u);
  EXPECT_EQ(encode(d.type, -0.0), sign);
  EXPECT_EQ(encode(d.type, -5e-324), sign) << "a subnormal of FP64 underflows";
}

TEST_P(NarrowFloat, AgreesWithItsStatedConstants) {
  EXPECT_EQ(unit_roundoff(d.type), std::pow(2.0, -d.mantissa_bits - 1));
  EXPECT_EQ(smallest_normal(d.type), value(1u << d.mantissa_bits));
  EXPECT_EQ(size_of(d.type) * 8, static_cast<std::size_t>(1 + d.exponent_bits + d.mantissa_bits));
}

TEST_P(NarrowFloat, ConvertsArraysAsItConvertsElements) {
  std::vector<std::byte> all(2 * codes * size_of(d.type)), back(all.size());
  for (unsigned code = 0; code < 2 * codes; ++code) {
    std::memcpy(all.data() + code * size_of(d.type), &code, size_of(d.type));
  }
  std::vector<double> values(2 * codes - 3);
  decode_array(d.type, all.data(), 3, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double one = load(d.type, all.data(), static_cast<std::int64_t>(i) + 3);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(values[i]), std::bit_cast<std::uint64_t>(one)) << i;
  }
  encode_array(d.type, values, back.data(), 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    ASSERT_EQ(load(d.type, back.data(), static_cast<std::int64_t>(i) + 3), values[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, NarrowFloat, testing::ValuesIn(kDefinitions),
                         [](const auto& info) { return std::string(name(info.param.type)); });

/// Codes of tf32, spread over all exponents, with both ends.
std::vector<std::uint32_t> codes_of_tf32() {
  std::vector<std::uint32_t> codes;
  for (std::uint32_t code = 0; code < 0x3fc00; code += 7) codes.push_back(code);  // below infinity
  for (const std::uint32_t code : {1u, 0x3ffu, 0x400u, 0x401u, 0x3fbfeu}) codes.push_back(code);
  return codes;
}

TEST(TensorFloat32, IsStoredAsAnF32WithThirteenZeroBits) {
  EXPECT_EQ(size_of(DataType::tf32), 4u);
  for (const std::uint32_t code : codes_of_tf32()) {
    const float value = std::bit_cast<float>(code << 13);
    ASSERT_EQ(encode(DataType::tf32, value), code << 13);
    ASSERT_EQ(decode(DataType::tf32, code << 13), value);
    ASSERT_EQ(encode(DataType::tf32, -value), 0x80000000u | code << 13);
  }
}

TEST(TensorFloat32, RoundsBetweenNeighboursToTheNearestAndTiesToEven) {
  for (const std::uint32_t code : codes_of_tf32()) {
    if (code >= 0x3fbff) continue;  // the neighbour is infinity
    const double below = std::bit_cast<float>(code << 13);
    const double above = std::bit_cast<float>((code + 1) << 13);
    const double middle = below + (above - below) / 2;
    const std::uint32_t even = code % 2 == 0 ? code : code + 1;
    ASSERT_EQ(encode(DataType::tf32, middle), even << 13) << code;
    ASSERT_EQ(encode(DataType::tf32, std::nextafter(middle, 0.0)), code << 13) << code;
    ASSERT_EQ(encode(DataType::tf32, std::nextafter(middle, kInfinity)), (code + 1) << 13) << code;
    ASSERT_EQ(encode(DataType::tf32, -middle), 0x80000000u | even << 13) << code;
  }
}

TEST(TensorFloat32, OverflowsHalfAStepBeyondTheLargest) {
  const double step = 0x1p117, top = largest(DataType::tf32);
  EXPECT_EQ(top, std::bit_cast<float>(0x7f7fe000));
  EXPECT_EQ(encode(DataType::tf32, std::nextafter(top + step / 2, 0.0)), 0x7f7fe000u);
  EXPECT_EQ(encode(DataType::tf32, top + step / 2), 0x7f800000u);
  EXPECT_EQ(encode(DataType::tf32, -1e300), 0xff800000u);
  EXPECT_TRUE(std::isnan(decode(DataType::tf32, encode(DataType::tf32, kNaN))));
  EXPECT_EQ(unit_roundoff(DataType::tf32), 0x1p-11);
  EXPECT_EQ(smallest_normal(DataType::tf32), 0x1p-126);
}

TEST(WideFloat, RoundsAsTheMachineDoes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    ASSERT_EQ(encode(DataType::f32, value),
              std::bit_cast<std::uint32_t>(static_cast<float>(value)));
    ASSERT_EQ(encode(DataType::f64, value), std::bit_cast<std::uint64_t>(value));
  }
}

TEST(Integer, RoundsToEvenSaturatesAndTakesNaNForZero) {
  EXPECT_EQ(decode(DataType::i8, encode(DataType::i8, 2.5)), 2);
  EXPECT_EQ(decode(DataType::i8, encode(DataType::i8, -3.5)), -4);
  EXPECT_EQ(decode(DataType::i8, encode(DataType::i8, 1000)), 127);
  EXPECT_EQ(decode(DataType::i8, encode(DataType::i8, -kInfinity)), -128);
  EXPECT_EQ(decode(DataType::i32, encode(DataType::i32, 1e10)), 2147483647);
  EXPECT_EQ(decode(DataType::i32, encode(DataType::i32, -1e10)), -2147483648.0);
  EXPECT_EQ(encode(DataType::i32, kNaN), 0u);
  for (int code = -128; code < 128; ++code) {
    const auto bits = static_cast<std::uint8_t>(code);
    ASSERT_EQ(decode(DataType::i8, bits), code);
    ASSERT_EQ(encode(DataType::i8, code), bits);
  }
}

TEST(DataTypeName, ReadsBackToTheSameType) {
  for (const DataType type : kDataTypes) EXPECT_EQ(data_type(name(type)), type);
  EXPECT_EQ(data_type("fp16"), std::nullopt);
  EXPECT_EQ(data_type(""), std::nullopt);
}

}  // namespace
}  // namespace assay::kernels
