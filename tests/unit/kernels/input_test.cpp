#include "kernels/input.h"

#include <Random123/philox.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/fields.h"
#include "kernels/philox.h"

namespace assay::kernels {
namespace {

std::vector<std::byte> made(const Problem& problem, int operand, std::int64_t first,
                            std::int64_t count) {
  const DataType type =
      problem.operation().operands(problem)[static_cast<std::size_t>(operand)].type;
  std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(type, count)));
  generate(problem, operand, first, bytes);
  return bytes;
}

std::vector<double> values(const Problem& problem, int operand, std::int64_t count) {
  const auto bytes = made(problem, operand, 0, count);
  std::vector<double> numbers(static_cast<std::size_t>(count));
  const DataType type =
      problem.operation().operands(problem)[static_cast<std::size_t>(operand)].type;
  decode_array(type, bytes.data(), 0, numbers);
  return numbers;
}

Problem copy_of(std::string_view type, std::string_view dist, std::int64_t n = 1 << 16) {
  return Problem::parse(fmt::format("copy n={} type={} dist={}", n, type, dist));
}

struct Moments {
  double mean = 0, deviation = 0, least = INFINITY, most = -INFINITY;
};

Moments moments(const std::vector<double>& numbers) {
  Moments m;
  const auto n = static_cast<double>(numbers.size());
  for (const double x : numbers) {
    m.mean += x / n;
    m.least = std::min(m.least, x);
    m.most = std::max(m.most, x);
  }
  for (const double x : numbers) m.deviation += (x - m.mean) * (x - m.mean) / n;
  m.deviation = std::sqrt(m.deviation);
  return m;
}

TEST(Philox, GivesTheKnownAnswers) {
  // From the known-answer tests of the Random123 distribution (kat_vectors, philox4x32 10).
  std::vector<std::uint32_t> words(4);
  philox_blocks(0, 0, 0, 0, words);
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  philox_blocks(~0ull, ~0u, ~0u, ~0ull, words);
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  philox_blocks(0x299f31d0a4093822, 0x13198a2e, 0x03707344, 0x85a308d3243f6a88, words);
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Philox, GivesAnyBlockWithoutTheOthers) {
  std::vector<std::uint32_t> many(4 * 100), one(4);
  philox_blocks(5, 6, 7, 0xfffffff0, many);  // the low counter word overflows within
  for (std::uint64_t block = 0; block < 100; ++block) {
    philox_blocks(5, 6, 7, 0xfffffff0 + block, one);
    ASSERT_TRUE(std::equal(one.begin(), one.end(), many.begin() + static_cast<long>(4 * block)));
  }
}

/// The definition of kernels/input.h written out for one element at a time.
TEST(Generate, FollowsItsDefinition) {
  const Problem p = copy_of("f32", "uniform", 4096);
  const auto numbers = values(p, 0, 4096);
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(p.hash()), static_cast<std::uint32_t>(p.hash() >> 32)}};
  for (std::uint32_t i = 0; i < 4096; ++i) {
    const auto random = r123::Philox4x32()({{i / 4, 0, 0, 0}}, key);
    const double expected = static_cast<double>(random[i % 4] >> 7) * 0x1p-24 - 1;
    ASSERT_EQ(numbers[i], expected) << i;
  }
}

class EveryKind : public testing::TestWithParam<std::tuple<DataType, std::string_view>> {
 protected:
  static constexpr std::int64_t kCount = 70001;  ///< whole bytes and blocks of no narrow type
  const DataType type = std::get<0>(GetParam());
  const Operand operand{"b", Role::input, type, {kCount}, false, exact_integer_limit(type),
                        1,   kCount};
  const OperandSource source{operand, std::get<1>(GetParam()), 0x0123456789abcdef, 1};

  std::vector<std::byte> made(std::int64_t first, std::int64_t count) const {
    std::vector<std::byte> bytes(static_cast<std::size_t>(bytes_of(type, count)), std::byte{0xa5});
    source.generate(first, bytes);
    return bytes;
  }
};

TEST_P(EveryKind, MakesAnyPartWithoutTheRest) {
  const auto all = made(0, kCount);
  const std::int64_t step = std::max(1, traits(type).block);
  for (const auto& [first, count] : std::map<std::int64_t, std::int64_t>{
           {0, 1}, {1, 1}, {3, 17}, {2047, 2}, {4095, 5000}, {20001, 50000}, {70000, 1}}) {
    const std::int64_t begin = first / step * step;
    const std::int64_t length = std::min(kCount, (first + count + step - 1) / step * step) - begin;
    const auto part = made(begin, length);
    ASSERT_TRUE(same_bits(type, part, 0, all, begin, length)) << first << " + " << count;
  }
}

TEST_P(EveryKind, GivesTheSameBitsOnAnyNumberOfThreads) {
  const auto expected = made(0, kCount);
  for (const std::size_t threads : {1U, 2U, 3U, 8U}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    std::vector<std::byte> bytes(expected.size(), std::byte{0x77});
    source.generate_parallel(0, bytes);
    EXPECT_TRUE(bytes == expected) << threads;
  }
}

TEST_P(EveryKind, NeverHoldsThePoisonNorAnythingInItsUnusedBits) {
  const auto all = made(0, kCount);
  for (std::int64_t i = 0; i < kCount; ++i) ASSERT_FALSE(is_poisoned(type, all, i)) << i;
  const std::int64_t used = kCount * bits_of(type) % 8;
  if (used == 0) return;
  const auto last = all[static_cast<std::size_t>(kCount * bits_of(type) / 8)];
  EXPECT_EQ(static_cast<unsigned>(last) >> used, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind,
                         testing::Combine(testing::ValuesIn(kDataTypes),
                                          testing::ValuesIn(distributions().begin(),
                                                            distributions().end())),
                         [](const auto& one) {
                           return fmt::format("{}_{}", name(std::get<0>(one.param)),
                                              std::get<1>(one.param));
                         });

std::vector<double> values_of(DataType type, std::string_view dist, std::int64_t count) {
  const Operand operand{"b", Role::input, type, {count}, false, exact_integer_limit(type),
                        1,   count};
  std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
  OperandSource(operand, dist, 5, 0).generate(0, bytes);
  std::vector<double> numbers(static_cast<std::size_t>(count));
  decode_array(type, std::span<const std::byte>(bytes), 0, numbers);
  return numbers;
}

TEST(OperandSource, GivesAProblemsOperandByItsHash) {
  const Problem p = Problem::parse("triad n=1000 type=f16 dist=normal seed=3");
  std::vector<std::byte> bytes(2000);
  OperandSource(p.operation().operands(p)[1], "normal", p.hash(), 1).generate(0, bytes);
  EXPECT_EQ(bytes, made(p, 1, 0, 1000));
}

class BlockScaledOperand : public testing::TestWithParam<DataType> {};

TEST_P(BlockScaledOperand, HasExactIntegersOfWhichABlockMayBeDoubled) {
  const auto limit = static_cast<double>(exact_integer_limit(GetParam()) / 2 * 2);
  std::map<double, int> counts;
  for (const double x : values_of(GetParam(), "integer", 1 << 14)) {
    ASSERT_EQ(x, std::nearbyint(x));
    ++counts[x];
  }
  EXPECT_EQ(counts.begin()->first, -limit);
  EXPECT_EQ(counts.rbegin()->first, limit);
  EXPECT_GT(counts[1], 0);
}

TEST_P(BlockScaledOperand, HasTheMomentsOfItsDistribution) {
  const Moments normal = moments(values_of(GetParam(), "normal", 1 << 16));
  EXPECT_NEAR(normal.mean, 0, 0.02);
  // Blocks are a half, a quarter or an eighth as large, or as drawn.
  EXPECT_NEAR(normal.deviation, std::sqrt((1 + 1.0 / 4 + 1.0 / 16 + 1.0 / 64) / 4), 0.04);
  const Moments uniform = moments(values_of(GetParam(), "uniform", 1 << 16));
  EXPECT_NEAR(uniform.mean, -unit_roundoff(GetParam()) / 2 * 15 / 32, 0.02);
  EXPECT_GE(uniform.least, -1.125);
}

/// A kernel that takes the scale of the next block finds another one.
TEST_P(BlockScaledOperand, HasOtherScalesInNeighbouringBlocks) {
  constexpr std::int64_t kBlocks = 256;
  const std::int64_t block = traits(GetParam()).block, count = kBlocks * block;
  for (const char* dist : {"uniform", "normal", "integer", "llm"}) {
    const Operand operand{"b", Role::input, GetParam(), {count}, false, 16, 1, count};
    std::vector<std::byte> bytes(static_cast<std::size_t>(operand.bytes()));
    OperandSource(operand, dist, 5, 0).generate(0, bytes);
    std::int64_t different = 0;
    for (std::int64_t i = 1; i < kBlocks; ++i) {
      different += load_scale(GetParam(), bytes, i * block) !=
                   load_scale(GetParam(), bytes, (i - 1) * block);
    }
    EXPECT_GT(different, kBlocks / 3) << dist;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, BlockScaledOperand,
                         testing::Values(DataType::mxfp8e4m3, DataType::mxfp8e5m2,
                                         DataType::mxfp6e3m2, DataType::mxfp6e2m3, DataType::mxfp4,
                                         DataType::nvfp4, DataType::f8e4m3g128, DataType::i4g128),
                         [](const auto& one) { return std::string(name(one.param)); });

TEST(BlockScaledOperands, BeginABlock) {
  const Operand operand{"b", Role::input, DataType::mxfp4, {64}};
  std::vector<std::byte> bytes(17);
  EXPECT_NO_THROW(OperandSource(operand, "uniform", 1, 0).generate(32, bytes));
  EXPECT_THROW(OperandSource(operand, "uniform", 1, 0).generate(16, bytes), std::logic_error);
}

TEST(Uniform, FillsItsRangeEvenly) {
  for (const char* type : {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2"}) {
    const Problem p = copy_of(type, "uniform");
    const Moments m = moments(values(p, 0, 1 << 16));
    const double step = unit_roundoff(p.type("type"));
    EXPECT_GE(m.least, -1) << type;
    EXPECT_LE(m.most, 1 - step) << type;
    EXPECT_NEAR(m.mean, -step / 2, 0.01) << type;
    EXPECT_NEAR(m.deviation, std::sqrt((1 - step * step / 4) / 3), 0.01) << type;
  }
  const Moments m = moments(values(copy_of("i8", "uniform"), 0, 1 << 16));
  EXPECT_EQ(m.least, -127);
  EXPECT_EQ(m.most, 127);
  EXPECT_NEAR(m.mean, 0, 1);
  EXPECT_NEAR(m.deviation, 73.6, 0.7);
}

TEST(Uniform, UsesEveryValueOfANarrowTypesGrid) {
  for (const char* type : {"tf32", "bf16", "f16", "f8e4m3", "f8e5m2"}) {
    const Problem p = copy_of(type, "uniform");
    std::map<double, int> counts;
    for (const double x : values(p, 0, 1 << 16)) ++counts[x];
    EXPECT_EQ(counts.size(), static_cast<std::size_t>(2 / unit_roundoff(p.type("type")))) << type;
  }
}

TEST(Normal, HasMeanZeroAndVarianceOne) {
  for (const char* type : {"f64", "f32", "tf32", "bf16", "f16", "f8e4m3", "f8e5m2"}) {
    const Moments m = moments(values(copy_of(type, "normal"), 0, 1 << 16));
    EXPECT_NEAR(m.mean, 0, 0.02) << type;
    EXPECT_NEAR(m.deviation, 1, 0.02) << type;
    EXPECT_GE(m.most, 3) << type;
    EXPECT_LT(m.most, 5) << type;
  }
}

TEST(TensorFloat32, NeverHoldsABitThatItsGridLacks) {
  for (const char* dist : {"uniform", "normal", "integer", "llm"}) {
    const Problem p = Problem::parse(std::string("matmul m=64 n=64 k=256 a=tf32 dist=") + dist);
    for (const int operand : {0, 1}) {
      const auto bytes = made(p, operand, 0, 64 * 256);
      for (std::size_t i = 0; i < 64 * 256; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, bytes.data() + 4 * i, 4);
        ASSERT_EQ(bits & 0x1fff, 0u) << dist << " " << i;
      }
    }
  }
}

TEST(Integer, StaysWithinTheOperandsLimit) {
  const Problem p = Problem::parse("matmul m=256 n=256 k=4096 a=bf16 dist=integer");
  const Moments m = moments(values(p, 0, 256 * 4096));
  EXPECT_EQ(m.least, -64);
  EXPECT_EQ(m.most, 64);
  EXPECT_NEAR(m.mean, 0, 0.3);
  for (const double x : values(p, 1, 4096)) ASSERT_EQ(x, std::nearbyint(x));
}

TEST(Llm, PutsOneOutlierChannelIntoEach128OfWhatAreNotWeights) {
  const std::int64_t rows = 256, channels = 512;
  const Problem p = Problem::parse("matmul m=256 n=64 k=512 a=f32 dist=llm");
  const auto a = values(p, 0, rows * channels);
  std::vector<std::int64_t> found;
  for (std::int64_t c = 0; c < channels; ++c) {
    double squares = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      const double x = a[static_cast<std::size_t>(r * channels + c)];
      squares += x * x / static_cast<double>(rows);
    }
    if (squares > 16) found.push_back(c);
    EXPECT_NEAR(std::sqrt(squares), squares > 16 ? 16 : 1, squares > 16 ? 3 : 0.25) << c;
  }
  ASSERT_EQ(found.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found[i] / 128, static_cast<std::int64_t>(i));
  EXPECT_LT(moments(values(p, 1, 512 * 64)).most, 6) << "weights have no outliers";
}

TEST(Llm, FollowsTheChannelsOfATransposedOperand) {
  const Problem p = Problem::parse("matmul m=96 n=8 k=64 a=f32 dist=llm layout=tn");
  const auto a = values(p, 0, 96 * 64);  // stored as k x m: a channel is a row
  int outliers = 0;
  for (std::size_t c = 0; c < 64; ++c) {
    const std::vector<double> row(a.begin() + static_cast<long>(c * 96),
                                  a.begin() + static_cast<long>((c + 1) * 96));
    if (moments(row).deviation > 8) ++outliers;
  }
  EXPECT_EQ(outliers, 1);
}

TEST(Generate, DiffersBetweenOperandsProblemsAndSeeds) {
  const Problem p = Problem::parse("triad n=64 type=f32");
  const Problem other = Problem::parse("triad n=64 type=f32 seed=2");
  EXPECT_NE(made(p, 0, 0, 64), made(p, 1, 0, 64));
  EXPECT_NE(made(p, 0, 0, 64), made(other, 0, 0, 64));
}

TEST(Poison, IsCountedElementByElement) {
  for (const DataType type : kDataTypes) {
    std::vector<std::byte> buffer(static_cast<std::size_t>(bytes_of(type, 32)));
    poison(type, buffer);
    EXPECT_EQ(count_poisoned(type, buffer), 32) << name(type);
    if (has_nan(type)) {
      EXPECT_TRUE(std::isnan(load(type, std::span<const std::byte>(buffer), 5))) << name(type);
    }
    if (is_block_scaled(type)) {
      store_scale(type, buffer, 0, 1);
      EXPECT_EQ(count_poisoned(type, buffer), std::max(0, 32 - traits(type).block)) << name(type);
    } else {
      store(type, buffer.data(), 5, 1);
      EXPECT_EQ(count_poisoned(type, buffer), 31) << name(type);
    }
  }
}

}  // namespace
}  // namespace assay::kernels
