#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "kernels/attention/bound.h"
#include "kernels/attention/rows.h"
#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

Work work_of(std::string_view text) {
  const Problem problem = Problem::parse(text);
  return problem.operation().work(problem);
}

TEST(Attention, PrintsTheMaskAndLeavesOutTheWidthOfValuesWhereItIsThatOfKeys) {
  EXPECT_EQ(Problem::parse("attention b=1 hq=4 hkv=2 sq=8 skv=8 d=64 type=bf16").text(),
            "attention b=1 hq=4 hkv=2 sq=8 skv=8 d=64 type=bf16 mask=none dist=uniform seed=1");
  EXPECT_EQ(
      Problem::parse("attention b=1 hq=4 hkv=2 sq=8 skv=8 d=192 dv=128 type=f16 mask=causal")
          .text(),
      "attention b=1 hq=4 hkv=2 sq=8 skv=8 d=192 dv=128 type=f16 mask=causal dist=uniform seed=1");
}

TEST(Attention, CountsUnmaskedPairsOnly) {
  EXPECT_EQ(work_of("attention b=2 hq=4 hkv=2 sq=5 skv=7 d=64 type=f32").flop,
            2.0 * 2 * 4 * (5 * 7) * (64 + 64));
  // Queries see 3, 4, 5, 6 and 7 keys.
  EXPECT_EQ(work_of("attention b=2 hq=4 hkv=2 sq=5 skv=7 d=64 dv=32 type=f32 mask=causal").flop,
            2.0 * 2 * 4 * (3 + 4 + 5 + 6 + 7) * (64 + 32));
}

TEST(Attention, CountsTheBytesOfEachOperandOnce) {
  const Work work = work_of("attention b=2 hq=4 hkv=2 sq=5 skv=7 d=64 dv=32 type=bf16");
  EXPECT_EQ(work.bytes, 2.0 * 2 * (4 * 5 * 64 + 2 * 7 * 64 + 2 * 7 * 32 + 4 * 5 * 32));
  EXPECT_EQ(work.type, DataType::bf16);
}

TEST(Attention, NamesTheFieldThatDoesNotFit) {
  EXPECT_THAT(error_of("attention b=1 hq=4 hkv=3 sq=8 skv=8 d=64 type=f32"),
              HasSubstr("field hkv"));
  EXPECT_THAT(error_of("attention b=1 hq=4 hkv=4 sq=9 skv=8 d=64 type=f32 mask=causal"),
              HasSubstr("field skv"));
  EXPECT_THAT(error_of("attention b=1 hq=4 hkv=4 sq=8 skv=8 d=64 type=f32 dist=integer"),
              HasSubstr("field dist"));
  EXPECT_EQ(error_of("attention b=1 hq=4 hkv=4 sq=9 skv=8 d=64 type=f32"), "accepted");
}

TEST(AttentionReference, WeighsTwoKeysByHand) {
  Workbench bench("attention b=1 hq=1 hkv=1 sq=2 skv=2 d=4 dv=1 type=f32 mask=causal");
  const auto fill = [&](std::size_t operand, std::initializer_list<double> values) {
    std::int64_t i = 0;
    for (const double value : values) {
      store(DataType::f32, bench.buffers[operand].data(), i++, value);
    }
  };
  fill(0, {1, 0, 0, 0, 2, 0, 0, 0});
  fill(1, {1, 0, 0, 0, 3, 0, 0, 0});
  fill(2, {10, 20});
  bench.fill_with_reference();
  // Query 0 sees key 0 alone; query 1 has scores 2/2 and 6/2.
  const double weight = 1 / (1 + std::exp(1.0 - 3.0));
  EXPECT_EQ(bench.get(0), 10);
  EXPECT_FLOAT_EQ(static_cast<float>(bench.get(1)), static_cast<float>(10 + 10 * weight));
}

TEST(AttentionReference, AveragesValuesWhereAllScoresAreEqual) {
  Workbench bench("attention b=1 hq=2 hkv=1 sq=3 skv=200 d=8 dv=3 type=f32");
  std::fill(bench.buffers[0].begin(), bench.buffers[0].end(), std::byte{0});
  bench.fill_with_reference();
  const auto v = bench.numbers<double>(2);
  for (std::size_t c = 0; c < 3; ++c) {
    double mean = 0;
    for (std::size_t j = 0; j < 200; ++j) mean += v[j * 3 + c] / 200;
    for (std::int64_t row = 0; row < 6; ++row) {
      EXPECT_NEAR(bench.get(row * 3 + static_cast<std::int64_t>(c)), mean, 1e-7);
    }
  }
}

TEST(AttentionReference, SurvivesScoresThatOverflowAPlainExponential) {
  Workbench bench("attention b=1 hq=1 hkv=1 sq=1 skv=130 d=1 type=f32");
  for (std::int64_t j = 0; j < 130; ++j) {
    store(DataType::f32, bench.buffers[1].data(), j, 20.0 * static_cast<double>(j));
  }
  store(DataType::f32, bench.buffers[0].data(), 0, 50);
  bench.fill_with_reference();
  EXPECT_EQ(bench.get(0), load(DataType::f32, bench.buffers[2].data(), 129));
}

TEST(AttentionRows, AreTheSameAloneAndTogether) {
  Workbench bench("attention b=2 hq=6 hkv=2 sq=70 skv=150 d=24 type=f32 mask=causal");
  const AttentionShape s = attention_shape(bench.problem);
  const AttentionInputs inputs{bench.buffers[0].data(), bench.buffers[1].data(),
                               bench.buffers[2].data()};
  const auto rows_of = [&](const std::vector<std::int64_t>& rows) {
    std::map<std::int64_t, std::vector<double>> values;
    std::mutex adding;
    for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
      const std::lock_guard lock(adding);
      values[row.index].assign(row.value.begin(), row.value.end());
    });
    return values;
  };
  const std::vector<std::int64_t> some = {0, 3, 69, 70, 209, 210, 211, 500, 839};
  const auto together = rows_of(some);
  ASSERT_EQ(together.size(), some.size());
  for (const std::int64_t row : some) {
    const auto alone = rows_of({row});
    for (std::size_t c = 0; c < 24; ++c) {
      EXPECT_NEAR(together.at(row)[c], alone.at(row)[c], 1e-14) << row;
    }
  }
}

TEST(AttentionRows, MeasureWhatTheirErrorsAreMadeOf) {
  Workbench bench("attention b=1 hq=2 hkv=1 sq=3 skv=100 d=8 dv=5 type=f32 dist=normal");
  const AttentionShape s = attention_shape(bench.problem);
  const auto q = bench.numbers<double>(0), k = bench.numbers<double>(1),
             v = bench.numbers<double>(2);
  const AttentionInputs inputs{bench.buffers[0].data(), bench.buffers[1].data(),
                               bench.buffers[2].data()};
  for_each_attention_row(s, inputs, std::vector<std::int64_t>{4}, [&](const AttentionRow& row) {
    std::vector<double> weights(100), means(5), key_squares(8);
    double total = 0, weighted = 0, products = 0;
    for (std::size_t j = 0; j < 100; ++j) {
      double dot = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        dot += q[4 * 8 + i] * k[j * 8 + i];
        products += q[4 * 8 + i] * q[4 * 8 + i] * k[j * 8 + i] * k[j * 8 + i] / 100;
      }
      weights[j] = std::exp(dot * s.scale());
      total += weights[j];
    }
    for (std::size_t j = 0; j < 100; ++j) {
      for (std::size_t c = 0; c < 5; ++c) {
        const double square = v[j * 5 + c] * v[j * 5 + c];
        means[c] += square / 100;
        weighted += weights[j] * weights[j] / total / total * square;
      }
    }
    EXPECT_NEAR(row.weighted_squares, weighted, 1e-12 * weighted);
    EXPECT_NEAR(row.typical_score, std::sqrt(products) * s.scale(), 1e-12);
    for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(row.mean_squares[c], means[c], 1e-12);
    EXPECT_NEAR(row.sum_of_means, means[0] + means[1] + means[2] + means[3] + means[4], 1e-12);
  });
}

TEST(AttentionBound, AllowsTheWeightsOfMaskedKeysThatDoNotReachZero) {
  // Query 0 sees one key with a value of 0; a kernel gave 1023 masked keys 2^-126 each.
  const AttentionShape shape = attention_shape(
      Problem::parse("attention b=1 hq=1 hkv=1 sq=1024 skv=1024 d=128 type=bf16 mask=causal"));
  const std::vector<double> zero = {0};
  const AttentionRow row{.value = zero, .visible = 1, .largest_values = zero, .mean_squares = zero};
  EXPECT_GT(attention_bound(shape, row, 0).accept, 1.4e-38);
  EXPECT_LT(attention_bound(shape, row, 0).worst, 1e-30);
}

TEST(AttentionBound, GrowsWithTheTypeAndStaysBelowTheWorstCase) {
  const std::vector<double> value = {0.1}, largest = {1}, squares = {1.0 / 3};
  const auto bound = [&](const char* type) {
    const Problem problem =
        Problem::parse(fmt::format("attention b=1 hq=1 hkv=1 sq=1 skv=4096 d=128 type={}", type));
    const AttentionRow row{.value = value,
                           .visible = 4096,
                           .concentration = 1.0 / 4096,
                           .largest_score = 3,
                           .largest_values = largest,
                           .mean_squares = squares,
                           .sum_of_means = 1.0 / 3,
                           .weighted_squares = 1.0 / 3 / 4096,
                           .typical_score = 0.3};
    return attention_bound(attention_shape(problem), row, 0);
  };
  EXPECT_LT(bound("f32").accept, bound("f16").accept);
  EXPECT_LT(bound("f16").accept, bound("bf16").accept);
  for (const char* type : {"f32", "f16", "bf16"}) {
    EXPECT_LT(bound(type).accept, bound(type).worst);
    // A lost block of 64 keys moves the mean of 4096 values by more than this.
    EXPECT_LT(bound(type).accept, 0.002) << type;
    EXPECT_LT(bound(type).typical, bound(type).accept / 5) << type;
  }
  EXPECT_LT(bound("f32").accept, 1e-4);
}

}  // namespace
}  // namespace assay::kernels
