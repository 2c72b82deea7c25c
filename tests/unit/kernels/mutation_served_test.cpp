// Tests the checks of attention as servers run it, with outputs that are right except for one fault
// of a kind that real kernels have.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels::mutation_served_test {
namespace {

using ::testing::HasSubstr;

const CheckOptions kWhole{.full_flop = 1e12};
const CheckOptions kSampled{.full_flop = 0};

constexpr const char* kTypes[] = {"f32", "bf16"};
constexpr const char* kWindow =
    "attention b=1 hq=4 hkv=2 sq=40 skv=150 d=32 mask=causal window=100 seed=3";
constexpr const char* kCap =
    "attention b=1 hq=4 hkv=2 sq=40 skv=100 d=32 mask=causal softcap=50 seed=3";
constexpr const char* kSinks =
    "attention b=1 hq=4 hkv=2 sq=40 skv=100 d=32 mask=causal sinks=learned seed=3";
constexpr const char* kDecode =
    "paged_attention b=5 hq=16 hkv=2 skv=300 d=32 page=16 lengths=uneven seed=3";
constexpr const char* kPrefill =
    "paged_attention b=3 hq=2 hkv=1 sq=20 skv=150 d=32 page=64 lengths=uneven seed=3";
constexpr const char* kEverything =
    "paged_attention b=3 hq=2 hkv=1 sq=20 skv=150 d=32 page=16 lengths=uneven window=90 softcap=30 "
    "sinks=learned seed=3";

/// Problems of each type, checked completely; in bf16 by samples, too.
class ServedAttention : public ::testing::TestWithParam<bool> {
 protected:
  CheckOptions options() const { return GetParam() ? kSampled : kWhole; }

  Check checked(const char* problem, const char* type, const AttentionFault& fault) const {
    Workbench bench(fmt::format("{} type={}", problem, type));
    compute_attention(bench, fault);
    return bench.check(options());
  }

  void expect_caught(const char* problem, const AttentionFault& fault) const {
    for (const char* type : kTypes) {
      if (GetParam() && std::string_view(type) != "bf16") continue;
      const Check check = checked(problem, type, fault);
      EXPECT_EQ(check.outcome, Outcome::wrong)
          << problem << " " << type << ": " << check.method << ": " << check.where << check.worst;
      EXPECT_THAT(check.where, HasSubstr("head "));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(, ServedAttention, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "Sampled" : "Whole"; });

TEST_P(ServedAttention, AcceptsWhatIsRight) {
  for (const char* problem : {kWindow, kCap, kSinks, kDecode, kPrefill, kEverything}) {
    for (const char* type : kTypes) {
      const Check check = checked(problem, type, {});
      EXPECT_EQ(check.outcome, Outcome::right) << problem << " " << type << ": " << check.where;
    }
  }
}

TEST_P(ServedAttention, CatchesAWindowOffByOneKeyOnEitherSide) {
  for (const char* problem : {kWindow, kEverything}) {
    expect_caught(problem, {.window_shift = 1});
    expect_caught(problem, {.window_shift = -1});
    expect_caught(problem, {.mask_shift = 1});
    expect_caught(problem, {.mask_shift = -1});
  }
}

TEST_P(ServedAttention, CatchesAWindowThatIsNotThere) {
  expect_caught(kWindow, {.window_shift = 1000});
}

TEST_P(ServedAttention, CatchesForgottenSinks) {
  expect_caught(kSinks, {.forget_sinks = true});
  expect_caught(kEverything, {.forget_sinks = true});
}

TEST_P(ServedAttention, CatchesAForgottenCap) {
  expect_caught(kCap, {.forget_cap = true});
  expect_caught(kEverything, {.forget_cap = true});
}

TEST_P(ServedAttention, CatchesATableOfPagesOffByOne) {
  for (const char* problem : {kDecode, kPrefill, kEverything}) {
    expect_caught(problem, {.table_shift = 1});
    expect_caught(problem, {.table_shift = -1});
  }
}

TEST_P(ServedAttention, CatchesALastPageThatIsDroppedOrReadAsIfItWereFull) {
  for (const char* problem : {kDecode, kPrefill}) {
    expect_caught(problem, {.forget_last_block = true});
    expect_caught(problem, {.read_last_block = true});
  }
}

TEST_P(ServedAttention, CatchesTheLengthOfAnotherSequence) {
  for (const char* problem : {kDecode, kPrefill, kEverything}) {
    expect_caught(problem, {.neighbours_length = true});
  }
}

TEST_P(ServedAttention, CatchesAWrongHeadMapping) {
  expect_caught(kDecode, {.interleave_heads = true});
}

TEST(ServedAttentionHull, FollowsTheWindowWithEachQuery) {
  Workbench bench(
      "attention b=1 hq=1 hkv=1 sq=600 skv=600 d=8 type=f32 mask=causal window=64 seed=3");
  compute_attention(bench);
  // Query 500 copies the largest value, which lies long before its window.
  const auto v = bench.numbers<double>(2);
  double most = -2, seen = -2;
  for (std::size_t j = 0; j <= 500; ++j) {
    double& side = j < 370 ? most : seen;
    side = std::max(side, v[j * 8 + 5]);
  }
  ASSERT_GT(most, seen) << "choose a seed whose early values reach further";
  bench.set(500 * 8 + 5, most);
  const Check check = bench.check(kSampled);
  EXPECT_EQ(check.outcome, Outcome::wrong);
  EXPECT_THAT(check.where, HasSubstr("query 500, column 5"));
}

TEST(ServedAttentionHull, TakesInZeroWithSinks) {
  for (const char* sinks : {"none", "learned"}) {
    Workbench bench(fmt::format(
        "attention b=1 hq=1 hkv=1 sq=600 skv=600 d=8 type=f32 mask=causal sinks={} seed=3", sinks));
    // All values are 1, so that without a sink every output is, too.
    for (std::int64_t i = 0; i < bench.operands[2].elements(); ++i) {
      store(DataType::f32, bench.buffers[2].data(), i, 1);
    }
    compute_attention(bench);
    const bool right = bench.check(kSampled).outcome == Outcome::right;
    EXPECT_TRUE(right) << sinks;
    bench.set(333 * 8 + 5, -0.25);
    EXPECT_EQ(bench.check(kSampled).outcome, Outcome::wrong) << sinks;
  }
}

}  // namespace
}  // namespace assay::kernels::mutation_served_test
