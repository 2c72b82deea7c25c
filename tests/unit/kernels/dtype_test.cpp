#include "kernels/dtype.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace assay::kernels::dtype_test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The formats as their documents define them: (-1)^s 2^(e - bias) (1 + m / 2^M), subnormals if e =
/// 0 (IEEE 754-2019, 3.4; Micikevicius et al. 2022, table 1; OCP MX v1.0, tables 4 to 6).
struct Definition {
  explicit Definition(DataType of)
      : type(of),
        exponent_bits(traits(of).exponent_bits),
        mantissa_bits(traits(of).mantissa_bits),
        specials(traits(of).specials),
        codes(1u << (exponent_bits + mantissa_bits)) {}

  DataType type;
  int exponent_bits, mantissa_bits;
  Specials specials;
  unsigned codes;  ///< without the sign

  double value(unsigned code) const {
    const unsigned magnitude = code % codes;
    const int e = static_cast<int>(magnitude >> mantissa_bits);
    const int m = static_cast<int>(magnitude % (1u << mantissa_bits));
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const double scale = std::pow(2.0, -mantissa_bits);
    double result =
        e == 0 ? std::pow(2.0, 1 - bias) * m * scale : std::pow(2.0, e - bias) * (1 + m * scale);
    if (specials == Specials::infinity && e == (1 << exponent_bits) - 1) {
      result = m == 0 ? kInfinity : kNaN;
    }
    if (specials == Specials::nan && magnitude == codes - 1) result = kNaN;
    return code >= codes ? -result : result;
  }
  /// Code of the largest finite value.
  unsigned last() const {
    unsigned code = codes - 1;
    while (!std::isfinite(value(code))) --code;
    return code;
  }
  /// Among all codes of finite values with that sign, the one nearest to `value` * `scale`; the
  /// even one if there are two. The sums of two neighbours times the scale are exact here.
  unsigned nearest(double wanted, double scale) const {
    const double magnitude = std::fabs(wanted);
    unsigned code = 0;
    for (unsigned next = 1; next <= last(); ++next) {
      const double twice_middle = (value(next - 1) + value(next)) * scale;
      if (2 * magnitude > twice_middle || (2 * magnitude == twice_middle && next % 2 == 0)) {
        code = next;
      }
    }
    return std::signbit(wanted) ? codes + code : code;
  }
};

std::vector<DataType> types_where(bool (*wanted)(DataType)) {
  std::vector<DataType> types;
  std::copy_if(kDataTypes.begin(), kDataTypes.end(), std::back_inserter(types), wanted);
  return types;
}

std::vector<DataType> narrow_floats() {
  return types_where(
      [](DataType type) { return traits(type).kind == TypeKind::floating && bits_of(type) <= 16; });
}

std::string type_name(const testing::TestParamInfo<DataType>& one) {
  return std::string(name(one.param));
}

class NarrowFloat : public testing::TestWithParam<DataType> {
 protected:
  const Definition d{GetParam()};
  const unsigned codes = d.codes, sign = d.codes;
  double value(unsigned code) const { return d.value(code); }
  unsigned last() const { return d.last(); }
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

TEST_P(NarrowFloat, OverflowsHalfAStepBeyondTheLargestOrSaturates) {
  const double step = value(last()) - value(last() - 1);
  const double limit = value(last()) + step / 2;
  // Infinity; NaN if the type has no infinity; the largest value if it has neither.
  const unsigned beyond = d.specials == Specials::none ? last() : last() + 1;
  // The tie goes to even: upwards if the largest value's code is odd.
  EXPECT_EQ(encode(d.type, limit), last() % 2 == 1 ? beyond : last());
  EXPECT_EQ(encode(d.type, std::nextafter(limit, 0.0)), last());
  EXPECT_EQ(encode(d.type, std::nextafter(limit, kInfinity)), beyond);
  EXPECT_EQ(encode(d.type, 1e300), beyond);
  EXPECT_EQ(encode(d.type, -1e300), sign | beyond);
  EXPECT_EQ(encode(d.type, kInfinity), beyond);
  EXPECT_EQ(encode(d.type, -kInfinity), sign | beyond);
  EXPECT_EQ(largest(d.type), value(last()));
  EXPECT_EQ(has_infinity(d.type), std::isinf(value(last() + 1)) && last() + 1 < codes);
  EXPECT_EQ(has_nan(d.type), std::isnan(value(codes - 1)));
}

TEST_P(NarrowFloat, KeepsNaNWhereItCanAndTheSignOfZero) {
  if (has_nan(d.type)) {
    EXPECT_TRUE(std::isnan(decode(d.type, encode(d.type, kNaN))));
  } else {
    EXPECT_EQ(encode(d.type, kNaN), last()) << "as PTX cvt";
  }
  EXPECT_EQ(encode(d.type, 0.0), 0u);
  EXPECT_EQ(encode(d.type, -0.0), sign);
  EXPECT_EQ(encode(d.type, -5e-324), sign) << "a subnormal of FP64 underflows";
}

TEST_P(NarrowFloat, AgreesWithItsStatedConstants) {
  EXPECT_EQ(unit_roundoff(d.type), std::pow(2.0, -d.mantissa_bits - 1));
  EXPECT_EQ(smallest_normal(d.type), value(1u << d.mantissa_bits));
  EXPECT_EQ(bits_of(d.type), 1 + d.exponent_bits + d.mantissa_bits);
}

INSTANTIATE_TEST_SUITE_P(Types, NarrowFloat, testing::ValuesIn(narrow_floats()), type_name);

/// Values that the documents print.
TEST(NarrowFloats, HoldTheValuesOfTheirDocuments) {
  const double f4[] = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  for (unsigned code = 0; code < 8; ++code) {
    EXPECT_EQ(decode(DataType::f4e2m1, code), f4[code]);
    EXPECT_EQ(decode(DataType::f4e2m1, code + 8), -f4[code]);
  }
  const auto smallest = [](DataType type) { return decode(type, 1); };
  EXPECT_EQ(largest(DataType::f6e2m3), 7.5);
  EXPECT_EQ(smallest(DataType::f6e2m3), 0.125);
  EXPECT_EQ(largest(DataType::f6e3m2), 28);
  EXPECT_EQ(smallest(DataType::f6e3m2), 0.0625);
  EXPECT_EQ(largest(DataType::f8e4m3), 448);
  EXPECT_EQ(smallest(DataType::f8e4m3), 0x1p-9);
  EXPECT_EQ(largest(DataType::f8e5m2), 57344);
  EXPECT_EQ(smallest(DataType::f8e5m2), 0x1p-16);
  EXPECT_EQ(largest(DataType::f16), 65504);
  EXPECT_EQ(largest(DataType::bf16), 0x1.fep127);
}

TEST(PowerOfTwo, IsAnExponentWithoutSignOrZero) {
  const DataType type = DataType::f8e8m0;
  for (unsigned code = 0; code < 255; ++code) {
    const double value = std::pow(2.0, static_cast<int>(code) - 127);
    ASSERT_EQ(decode(type, code), value);
    ASSERT_EQ(encode(type, value), code);
    if (code == 254) continue;
    const unsigned even = code % 2 == 0 ? code : code + 1;
    ASSERT_EQ(encode(type, 1.5 * value), even) << code;
    ASSERT_EQ(encode(type, std::nextafter(1.5 * value, 0)), code);
    ASSERT_EQ(encode(type, std::nextafter(1.5 * value, kInfinity)), code + 1);
  }
  EXPECT_TRUE(std::isnan(decode(type, 255)));
  EXPECT_EQ(encode(type, kNaN), 255u);
  EXPECT_EQ(encode(type, 0x1.9p127), 255u) << "more than half a step beyond the largest";
  EXPECT_EQ(encode(type, 0x1.8p127), 254u);
  EXPECT_EQ(encode(type, kInfinity), 255u);
  EXPECT_EQ(encode(type, 0.0), 0u);
  EXPECT_EQ(encode(type, -4.0), 0u);
  EXPECT_EQ(encode(type, 5e-324), 0u);
  EXPECT_EQ(largest(type), 0x1p127);
}

/// Codes of tf32, spread over all exponents, with both ends.
std::vector<std::uint32_t> codes_of_tf32() {
  std::vector<std::uint32_t> codes;
  for (std::uint32_t code = 0; code < 0x3fc00; code += 7) codes.push_back(code);  // below infinity
  for (const std::uint32_t code : {1u, 0x3ffu, 0x400u, 0x401u, 0x3fbfeu}) codes.push_back(code);
  return codes;
}

TEST(TensorFloat32, IsStoredAsAnF32WithThirteenZeroBits) {
  EXPECT_EQ(bits_of(DataType::tf32), 32);
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

TEST(Integer, OfFourBitsIsTwosComplement) {
  for (int value = -8; value < 8; ++value) {
    const auto bits = static_cast<std::uint64_t>(value) & 0xf;
    ASSERT_EQ(encode(DataType::i4, value), bits);
    ASSERT_EQ(decode(DataType::i4, bits), value);
  }
  EXPECT_EQ(decode(DataType::i4, encode(DataType::i4, 2.5)), 2);
  EXPECT_EQ(decode(DataType::i4, encode(DataType::i4, 100)), 7);
  EXPECT_EQ(decode(DataType::i4, encode(DataType::i4, -kInfinity)), -8);
  EXPECT_EQ(encode(DataType::i4, kNaN), 0u);
}

/// Bit `at` of an array.
unsigned bit(const std::vector<std::byte>& bytes, std::int64_t at) {
  return static_cast<unsigned>(bytes[static_cast<std::size_t>(at / 8)]) >> at % 8 & 1;
}

class EachType : public testing::TestWithParam<DataType> {
 protected:
  const DataType type = GetParam();
  std::mt19937_64 random{7};

  std::vector<std::byte> random_bytes(std::int64_t count) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(count));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
  }
};

class EachPlainType : public EachType {};

TEST_P(EachPlainType, PacksItsElementsFromTheLowBitsOn) {
  const std::int64_t count = 101, bits = bits_of(type);
  ASSERT_EQ(bytes_of(type, count), (count * bits + 7) / 8);
  const std::vector<std::byte> bytes = random_bytes(bytes_of(type, count));
  for (std::int64_t i = 0; i < count; ++i) {
    std::uint64_t expected = 0;
    for (std::int64_t b = 0; b < bits; ++b) {
      expected |= std::uint64_t{bit(bytes, i * bits + b)} << b;
    }
    ASSERT_EQ(load_bits(type, bytes.data(), i), expected) << i;
    const double value = load(type, bytes.data(), i), same = decode(type, expected);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(same)) << i;
  }
}

TEST_P(EachPlainType, WritesOneElementAndLeavesItsNeighbours) {
  const std::int64_t count = 101, bits = bits_of(type);
  for (int round = 0; round < 200; ++round) {
    const std::vector<std::byte> before = random_bytes(bytes_of(type, count));
    std::vector<std::byte> after = before;
    const auto index = static_cast<std::int64_t>(random() % 101);
    const std::uint64_t code = random() >> (64 - bits);
    store_bits(type, after.data(), index, code);
    for (std::int64_t b = 0; b < static_cast<std::int64_t>(before.size()) * 8; ++b) {
      const bool inside = b >= index * bits && b < (index + 1) * bits;
      const auto expected = inside ? code >> (b - index * bits) & 1 : bit(before, b);
      ASSERT_EQ(bit(after, b), expected) << index << " bit " << b;
    }
  }
}

TEST_P(EachPlainType, ConvertsArraysFromAnyElementOnAsItConvertsElements) {
  const std::int64_t count = 301;
  std::vector<std::byte> bytes = random_bytes(bytes_of(type, count));
  for (std::int64_t i = 0; type == DataType::tf32 && i < count; ++i) {
    store_bits(type, bytes.data(), i, load_bits(type, bytes.data(), i) & ~0x1fffu);
  }
  for (int round = 0; round < 50; ++round) {
    const auto first = static_cast<std::int64_t>(random() % 300);
    const std::int64_t length = 1 + static_cast<std::int64_t>(random() % 300) % (count - first);
    std::vector<double> values(static_cast<std::size_t>(length));
    decode_array(type, bytes.data(), first, values);
    std::vector<std::byte> back = random_bytes(bytes_of(type, count)), one_by_one = back;
    encode_array(type, values, back.data(), first);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::int64_t index = first + static_cast<std::int64_t>(i);
      const double one = load(type, bytes.data(), index);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(values[i]), std::bit_cast<std::uint64_t>(one));
      store(type, one_by_one.data(), index, one);
      if (std::isnan(one)) continue;
      ASSERT_EQ(load(type, back.data(), index), one) << index;
    }
    ASSERT_EQ(back, one_by_one);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, EachPlainType, testing::ValuesIn(types_where([](DataType type) {
                           return !is_block_scaled(type);
                         })),
                         type_name);

TEST_P(EachType, CountsTheElementsThatFitIntoBytes) {
  for (std::int64_t count = 0; count < 200; ++count) {
    const std::int64_t bytes = bytes_of(type, count), most = count_in(type, bytes);
    ASSERT_GE(most, count);
    ASSERT_EQ(bytes_of(type, most), bytes) << count;
    ASSERT_GT(bytes_of(type, most + 1), bytes) << count;
  }
}

TEST_P(EachType, ReadsItsNameBackToTheSameType) {
  EXPECT_EQ(data_type(name(type)), type);
  EXPECT_FALSE(traits(type).meaning.empty());
}

TEST_P(EachType, TellsEqualBitsFromUnequalOnes) {
  const std::int64_t count = 96;
  const std::vector<std::byte> a = random_bytes(bytes_of(type, count));
  for (std::size_t changed = 0; changed < a.size(); ++changed) {
    std::vector<std::byte> b = a;
    ASSERT_TRUE(same_bits(type, a, 1, b, 1, count - 1));
    b[changed] ^= std::byte{0x80};
    ASSERT_FALSE(same_bits(type, a, 0, b, 0, count)) << changed;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, EachType, testing::ValuesIn(kDataTypes), type_name);

TEST(DataTypeName, IsUnknownWhereNoTypeHasIt) {
  EXPECT_EQ(data_type("fp16"), std::nullopt);
  EXPECT_EQ(data_type(""), std::nullopt);
}

}  // namespace
}  // namespace assay::kernels::dtype_test
