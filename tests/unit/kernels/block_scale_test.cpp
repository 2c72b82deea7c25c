#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace assay::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<DataType> scaled_types() {
  std::vector<DataType> types;
  std::copy_if(kDataTypes.begin(), kDataTypes.end(), std::back_inserter(types), is_block_scaled);
  return types;
}

/// All finite values of an element type that are not negative, by code, from its definition; of
/// integers without the lowest one's magnitude.
std::vector<double> magnitudes(DataType element) {
  if (is_integer(element)) {
    std::vector<double> whole(std::size_t{1} << (bits_of(element) - 1));
    std::iota(whole.begin(), whole.end(), 0.0);
    return whole;
  }
  const int mantissa = traits(element).mantissa_bits, exponent = traits(element).exponent_bits;
  const int bias = (1 << (exponent - 1)) - 1;
  std::vector<double> values;
  for (int code = 0; code < 1 << (exponent + mantissa); ++code) {
    const int e = code >> mantissa, m = code % (1 << mantissa);
    const double fraction = m * std::pow(2.0, -mantissa);
    values.push_back(e == 0 ? std::pow(2.0, 1 - bias) * fraction
                            : std::pow(2.0, e - bias) * (1 + fraction));
  }
  if (element == DataType::f8e4m3) values.pop_back();  // NaN
  if (element == DataType::f8e5m2) values.resize(values.size() - 4);
  return values;
}

/// The value nearest to `wanted` / `scale`, with ties to the even code, found by a search over all
/// values. The sum of two neighbours times the scale is exact in FP64.
double nearest(const std::vector<double>& values, double wanted, double scale) {
  std::size_t code = 0;
  for (std::size_t next = 1; next < values.size(); ++next) {
    const double twice_middle = (values[next - 1] + values[next]) * scale;
    const double twice = 2 * std::fabs(wanted);
    if (twice > twice_middle || (twice == twice_middle && next % 2 == 0)) code = next;
  }
  return std::copysign(values[code], wanted);
}

/// The upper half of an f32, ties to even: one of both neighbours of the quotient.
double nearest_bf16(double value) {
  if (value == 0) return 0;
  const double step = std::ldexp(1.0, std::max(std::ilogb(value), -126) - 7);
  return std::nearbyint(value / step) * step;
}

class BlockScaled : public testing::TestWithParam<DataType> {
 protected:
  const DataType type = GetParam();
  const std::int64_t block = traits(type).block;
  const std::vector<double> elements = magnitudes(traits(type).element);
  std::mt19937_64 random{11};

  std::vector<std::byte> array(std::int64_t count) const {
    return std::vector<std::byte>(static_cast<std::size_t>(bytes_of(type, count)), std::byte{0x5a});
  }

  /// The scale by the documents: OCP MX v1.0, 6.3, with emax_elem of its tables; NVIDIA's NVFP4.
  double expected_scale(const std::vector<double>& values, std::size_t first) const {
    const std::map<DataType, int> emax = {{DataType::f8e4m3, 8},
                                          {DataType::f8e5m2, 15},
                                          {DataType::f6e3m2, 4},
                                          {DataType::f6e2m3, 2},
                                          {DataType::f4e2m1, 2}};
    double most = 0;
    const std::size_t end = std::min(values.size(), first + static_cast<std::size_t>(block));
    for (std::size_t i = first; i < end; ++i) most = std::max(most, std::fabs(values[i]));
    const double top = elements.back();
    if (type == DataType::nvfp4) return nearest(magnitudes(DataType::f8e4m3), most, top);
    if (traits(type).scale == DataType::f32) {
      return static_cast<float>(std::min(most / top, largest(DataType::f32)));
    }
    if (traits(type).scale == DataType::bf16) return nearest_bf16(std::min(most / top, 0x1.fep127));
    if (most == 0) return 0x1p-127;
    const double exponent = std::floor(std::log2(most)) - emax.at(traits(type).element);
    return std::pow(2.0, std::clamp(exponent, -127.0, 127.0));
  }

  void expect_converted(const std::vector<double>& values) const {
    std::vector<std::byte> bytes = array(static_cast<std::int64_t>(values.size()));
    encode_array(type, values, std::span(bytes), 0);
    std::vector<double> back(values.size());
    decode_array(type, std::span<const std::byte>(bytes), 0, back);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::size_t first =
          i / static_cast<std::size_t>(block) * static_cast<std::size_t>(block);
      const double scale = expected_scale(values, first);
      const double element = scale == 0 ? 0 : nearest(elements, values[i], scale);
      const auto index = static_cast<std::int64_t>(i);
      ASSERT_EQ(load_scale(type, bytes, index), scale) << i;
      ASSERT_EQ(back[i], element * scale) << i << ": " << values[i] << " by " << scale;
      ASSERT_EQ(load(type, std::span<const std::byte>(bytes), index), back[i]) << i;
      ASSERT_EQ(decode(traits(type).element, load_element_bits(type, bytes, index)), element) << i;
    }
  }
};

TEST_P(BlockScaled, ConvertsRandomBlocksAsTheDocumentsSay) {
  std::normal_distribution<double> normal;
  for (const int exponent : {0, -3, 5, 40, -100}) {
    std::vector<double> values(1000);
    for (double& value : values) {
      value = std::ldexp(normal(random), exponent + static_cast<int>(random() % 9) - 4);
    }
    expect_converted(values);
  }
}

TEST_P(BlockScaled, RoundsEveryMidpointToEvenWhateverTheScale) {
  for (const double factor : {1.0, 0x1p-9, 1.625}) {
    std::vector<double> values;
    for (std::size_t next = 1; next < elements.size(); ++next) {
      if ((static_cast<std::int64_t>(values.size()) % block) == 0) {
        values.push_back(elements.back() * factor);  // fixes the scale of the block
      }
      const double middle = (elements[next - 1] + elements[next]) / 2 * factor;
      for (const double value : {middle, std::nextafter(middle, 0), std::nextafter(middle, 1e9)}) {
        if (static_cast<std::int64_t>(values.size()) % block == 0) {
          values.push_back(elements.back() * factor);
        }
        values.push_back(values.size() % 2 == 0 ? value : -value);
      }
    }
    expect_converted(values);
  }
}

TEST_P(BlockScaled, SaturatesBeyondItsLargestValueAndUnderflowsBelowItsSmallest) {
  expect_converted({largest(type), -1.5 * largest(type), 1e300, 1});
  expect_converted({1e-300, -1e-310, 0x1p-140, 0x1p-128, 0x1p-127});
  expect_converted(std::vector<double>(static_cast<std::size_t>(2 * block), 0.0));
  expect_converted({0.0, -0.0, 0x1p-12, -0x1p-12});
}

TEST_P(BlockScaled, MakesABlockWithNaNOrAnInfinityNaNAndNoOther) {
  for (const double special : {kNaN, kInfinity, -kInfinity}) {
    std::vector<double> values(static_cast<std::size_t>(3 * block), 1.0);
    values[static_cast<std::size_t>(block) + 5] = special;
    std::vector<std::byte> bytes = array(3 * block);
    encode_array(type, values, std::span(bytes), 0);
    for (std::int64_t i = 0; i < 3 * block; ++i) {
      const double got = load(type, std::span<const std::byte>(bytes), i);
      ASSERT_EQ(std::isnan(got), i / block == 1) << i;
    }
  }
}

TEST_P(BlockScaled, LaysItsScalesBehindItsPackedElements) {
  const std::int64_t count = 2 * block + 3;
  const std::int64_t element_bytes = (count * bits_of(type) + 7) / 8;
  const std::int64_t scale_bytes = bits_of(traits(type).scale) / 8;
  ASSERT_EQ(bytes_of(type, count), element_bytes + 3 * scale_bytes);
  std::vector<std::byte> bytes = array(count);
  for (std::int64_t i = 0; i < 3; ++i)
    store_scale(type, bytes, i, std::ldexp(1.0, static_cast<int>(i)));
  for (std::int64_t i = 0; i < count; ++i) {
    store(type, std::span(bytes), i, std::ldexp(1.0, static_cast<int>(i / block)));
  }
  const std::uint64_t one = encode(traits(type).element, 1);
  for (std::int64_t i = 0; i < count; ++i) {
    ASSERT_EQ(load_bits(traits(type).element, bytes.data(), i), one) << i;
    ASSERT_EQ(load(type, std::span<const std::byte>(bytes), i),
              std::ldexp(1.0, static_cast<int>(i / block)));
  }
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(load(traits(type).scale, bytes.data() + element_bytes, i),
              std::ldexp(1.0, static_cast<int>(i)));
  }
}

TEST_P(BlockScaled, DecodesFromAnyElementOn) {
  std::vector<double> values(static_cast<std::size_t>(5 * block + 7));
  for (double& value : values) value = std::ldexp(1.0, static_cast<int>(random() % 20)) - 3;
  std::vector<std::byte> bytes = array(static_cast<std::int64_t>(values.size()));
  encode_array(type, values, std::span(bytes), 0);
  for (int round = 0; round < 100; ++round) {
    const std::size_t first = random() % values.size();
    std::vector<double> part(1 + random() % (values.size() - first));
    decode_array(type, std::span<const std::byte>(bytes), static_cast<std::int64_t>(first), part);
    for (std::size_t i = 0; i < part.size(); ++i) {
      ASSERT_EQ(part[i], load(type, std::span<const std::byte>(bytes),
                              static_cast<std::int64_t>(first + i)));
    }
  }
}

TEST_P(BlockScaled, IsWrittenInWholeBlocksAndNeverWithoutItsScales) {
  std::vector<std::byte> bytes = array(3 * block);
  const std::vector<double> values(static_cast<std::size_t>(block), 1.0);
  EXPECT_NO_THROW(encode_array(type, values, std::span(bytes), block));
  EXPECT_THROW(encode_array(type, values, std::span(bytes), 1), std::logic_error);
  EXPECT_THROW(encode_array(type, std::span(values).first(3), std::span(bytes), 0),
               std::logic_error);
  EXPECT_THROW(encode(type, 1), std::logic_error);
  EXPECT_THROW(load(type, bytes.data(), 0), std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(Types, BlockScaled, testing::ValuesIn(scaled_types()),
                         [](const auto& one) { return std::string(name(one.param)); });

TEST(Nvfp4, RoundsTheExactQuotientOnceWhereTheScaleIsNoPowerOfTwo) {
  // 5.25 / 6 = 0.875 is a scale. 0.875 * 2.5 is a tie, and one step of FP64 beside it is none.
  const double tie = 0.875 * 2.5;
  std::vector<double> values = {5.25, tie, std::nextafter(tie, 9), std::nextafter(tie, 0)};
  std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(DataType::nvfp4, 4)));
  encode_array(DataType::nvfp4, values, std::span(bytes), 0);
  const auto element = [&](std::int64_t i) {
    return decode(DataType::f4e2m1, load_element_bits(DataType::nvfp4, bytes, i));
  };
  EXPECT_EQ(load_scale(DataType::nvfp4, bytes, 0), 0.875);
  EXPECT_EQ(element(0), 6);
  EXPECT_EQ(element(1), 2);
  EXPECT_EQ(element(2), 3);
  EXPECT_EQ(element(3), 2);
}

}  // namespace
}  // namespace assay::kernels
