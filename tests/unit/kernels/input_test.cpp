#include "kernels/input.h"

#include <Random123/philox.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "kernels/philox.h"

namespace assay::kernels {
namespace {

std::vector<std::byte> made(const Problem& problem, int operand, std::int64_t first,
                            std::int64_t count) {
  const DataType type =
      problem.operation().operands(problem)[static_cast<std::size_t>(operand)].type;
  std::vector<std::byte> bytes(static_cast<std::size_t>(count) * size_of(type));
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

class EveryKind : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  Problem problem() const {
    const auto [type, dist] = GetParam();
    return Problem::parse(fmt::format("copy n={} type={} dist={}", 200000, type, dist));
  }
};

TEST_P(EveryKind, MakesAnyPartWithoutTheRest) {
  const Problem p = problem();
  const auto all = made(p, 0, 0, 200000);
  const std::size_t size = all.size() / 200000;
  for (const auto& [first, count] : std::map<std::int64_t, std::int64_t>{
           {0, 1}, {1, 1}, {3, 17}, {2047, 2}, {4095, 5000}, {70001, 100003}, {199999, 1}}) {
    const auto part = made(p, 0, first, count);
    ASSERT_EQ(
        std::memcmp(part.data(), all.data() + static_cast<std::size_t>(first) * size, part.size()),
        0)
        << first << " + " << count;
  }
}

TEST_P(EveryKind, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Problem p = problem();
  const auto expected = made(p, 0, 0, 200000);
  for (const std::size_t threads : {1, 2, 3, 8}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    std::vector<std::byte> bytes(expected.size());
    generate_parallel(p, 0, bytes);
    EXPECT_TRUE(bytes == expected) << threads;
  }
}

TEST_P(EveryKind, NeverHoldsThePoison) {
  const Problem p = problem();
  const auto all = made(p, 0, 0, 200000);
  EXPECT_EQ(count_poisoned(p.type("type"), all), 0);
}

INSTANTIATE_TEST_SUITE_P(All, EveryKind,
                         testing::Combine(testing::Values("f64", "f32", "tf32", "bf16", "f16",
                                                          "f8e4m3", "f8e5m2", "i8", "i32"),
                                          testing::Values("uniform", "normal", "integer", "llm")),
                         [](const auto& info) {
                           return fmt::format("{}_{}", std::get<0>(info.param),
                                              std::get<1>(info.param));
                         });

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
    std::vector<std::byte> buffer(16 * size_of(type));
    poison(type, buffer);
    EXPECT_EQ(count_poisoned(type, buffer), 16) << name(type);
    if (!is_integer(type)) {
      EXPECT_TRUE(std::isnan(load(type, buffer.data(), 5))) << name(type);
    }
    store(type, buffer.data(), 5, 1);
    EXPECT_EQ(count_poisoned(type, buffer), 15) << name(type);
  }
}

}  // namespace
}  // namespace assay::kernels
