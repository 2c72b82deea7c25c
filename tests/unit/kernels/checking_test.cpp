#include "kernels/checking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <vector>

#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

Tally tally_of(DataType type, double got, double expected, const Bound& bound) {
  Tally tally;
  judge(type, 3, got, expected, bound, tally);
  return tally;
}

TEST(Judge, CallsAnElementSuspiciousBetweenTheBoundsAndWrongBeyond) {
  const Bound bound{.accept = 0.1, .worst = 0.2};
  EXPECT_EQ(tally_of(DataType::f32, 1.09, 1, bound).suspicious, 0);
  EXPECT_EQ(tally_of(DataType::f32, 1.15, 1, bound).suspicious, 1);
  EXPECT_EQ(tally_of(DataType::f32, 1.15, 1, bound).wrong, 0);
  EXPECT_EQ(tally_of(DataType::f32, 0.75, 1, bound).wrong, 1);
  EXPECT_NEAR(tally_of(DataType::f32, 0.75, 1, bound).worst, 2.5, 1e-12);
}

TEST(Judge, CallsAnElementWrongFarBeyondTheProbableBoundWhateverTheWorstCase) {
  const Bound bound{.accept = 0.1, .worst = 100};
  EXPECT_EQ(tally_of(DataType::f64, 1.39, 1, bound).suspicious, 1);
  EXPECT_EQ(tally_of(DataType::f64, 1.41, 1, bound).wrong, 1);
}

/// Elements with small errors, as most are, and some of every other kind.
struct Elements {
  std::vector<double> got, expected, bounds;

  explicit Elements(std::uint64_t seed) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    constexpr double kTop = std::numeric_limits<float>::max();
    Draws draws{seed};
    // A few seeds have nothing but right elements.
    const std::int64_t odd = seed % 4 == 0 ? 1 << 30 : 1000;
    for (int i = 0; i < 1000; ++i) {
      const double share = static_cast<double>(draws.next(1001)) / 1000;
      got.push_back(1 + 1e-3 * (draws.next(3) == 0 ? 0 : share));
      expected.push_back(1);
      bounds.push_back(draws.next(50) == 0 ? 0 : 1e-3);
      if (bounds.back() == 0) got.back() = 1;
      const std::int64_t kind = draws.next(odd);
      if (kind == 0) got.back() = kNaN;
      if (kind == 1) got.back() = kInfinity;
      if (kind == 2) got.back() = 1 + 3e-3;
      if (kind == 3) got.back() = expected.back() = kNaN;
      if (kind == 4) got.back() = expected.back() = kInfinity;
      if (kind == 5) expected.back() = 2 * kTop, got.back() = kTop;
      if (kind == 6) bounds.back() = kInfinity;
      if (kind == 7) bounds.back() = kNaN;
    }
  }
};

TEST(JudgeAll, FindsWhatJudgingOneElementAfterTheOtherFinds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Elements elements(seed);
    Tally one_by_one, together;
    for (std::size_t i = 0; i < elements.got.size(); ++i) {
      const double bound = elements.bounds[i];
      judge(DataType::f32, 7 + static_cast<std::int64_t>(i), elements.got[i], elements.expected[i],
            {bound, bound}, one_by_one);
    }
    const std::span got(elements.got), expected(elements.expected), bounds(elements.bounds);
    judge_all(DataType::f32, 7, got.first(300), expected.first(300), bounds.first(300), together);
    judge_all(DataType::f32, 307, got.subspan(300), expected.subspan(300), bounds.subspan(300),
              together);
    EXPECT_EQ(together.compared, one_by_one.compared);
    EXPECT_EQ(together.wrong, one_by_one.wrong) << seed;
    EXPECT_EQ(together.suspicious, one_by_one.suspicious);
    EXPECT_EQ(together.worst, one_by_one.worst) << seed;
    EXPECT_EQ(together.worst_at.index, one_by_one.worst_at.index) << seed;
    EXPECT_EQ(together.first_wrong.index, one_by_one.first_wrong.index) << seed;
  }
}

TEST(JudgeAll, CountsAnErrorAtTheWorstSoFarWhereItComesFirst) {
  // Later elements were judged before: a tie goes to the lower index all the same.
  Tally tally;
  judge(DataType::f32, 500, 1, 1, {1, 1}, tally);
  const std::vector<double> ones(100, 1.0);
  judge_all(DataType::f32, 0, ones, ones, ones, tally);
  EXPECT_EQ(tally.worst_at.index, 0);
  EXPECT_EQ(tally.compared, 101);
}

Check concluded(double ratio, int elements) {
  Tally tally;
  for (int i = 0; i < elements; ++i) {
    judge(DataType::f64, i, 1 + 1e-3 * ratio, 1, {.accept = 1, .worst = 1, .typical = 1e-3}, tally);
  }
  return conclude(tally, "method", DataType::f64, {}, [](std::int64_t) { return "place"; });
}

TEST(Conclude, JudgesTheMeanOfTheErrors) {
  EXPECT_EQ(concluded(0.99, 256).outcome, Outcome::right);
  EXPECT_EQ(concluded(1.01, 256).outcome, Outcome::suspicious);
  EXPECT_NEAR(concluded(1.5, 256).worst, 1.5, 1e-3);
  EXPECT_EQ(concluded(2.01, 256).outcome, Outcome::wrong);
  EXPECT_EQ(concluded(1.99, 255).outcome, Outcome::right) << "few elements vary more";
  EXPECT_EQ(concluded(2.01, 255).outcome, Outcome::suspicious);
  EXPECT_EQ(concluded(7, 31).outcome, Outcome::right) << "too few to judge";
}

TEST(Worst, IsTheGraverOutcomeWithItsPlace) {
  const Check right{.worst = 0.5, .elements = 10};
  const Check odd{Outcome::suspicious, "m", 2, "row 3", 5},
      wrong{Outcome::wrong, "m", 1, "row 4", 1};
  const Check unchecked{Outcome::unchecked};
  EXPECT_EQ(worst(right, odd).outcome, Outcome::suspicious);
  EXPECT_EQ(worst(odd, right).where, "row 3");
  EXPECT_EQ(worst(odd, right).worst, 2);
  EXPECT_EQ(worst(odd, right).elements, 15);
  EXPECT_EQ(worst(odd, wrong).where, "row 4");
  EXPECT_EQ(worst(wrong, odd).worst, 2);
  EXPECT_EQ(worst(right, unchecked).outcome, Outcome::unchecked);
  EXPECT_EQ(worst(unchecked, odd).outcome, Outcome::suspicious);
}

TEST(OneOfEachRun, LiesInItsRun) {
  std::set<std::int64_t> chosen;
  Draws draws{4};
  insert_one_of_each_run(100, 7, draws, chosen);
  ASSERT_EQ(chosen.size(), 7u);
  std::int64_t begin = 0;
  for (const std::int64_t index : chosen) {
    EXPECT_GE(index, begin);
    begin += begin < 2 * 15 ? 15 : 14;
    EXPECT_LT(index, begin);
  }
  chosen.clear();
  insert_one_of_each_run(5, 9, draws, chosen);
  EXPECT_THAT(chosen, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Judge, TakesNaNForRightOnlyWhereItIsExpected) {
  EXPECT_EQ(tally_of(DataType::f32, NAN, NAN, {1, 1}).wrong, 0);
  EXPECT_EQ(tally_of(DataType::f32, NAN, 1, {1, 1}).wrong, 1);
  EXPECT_EQ(tally_of(DataType::f32, 1, NAN, {1, 1}).wrong, 1);
}

TEST(Judge, TakesOverflowAsTheTypeHasIt) {
  const Bound bound{0.1, 0.1};
  EXPECT_EQ(tally_of(DataType::f16, INFINITY, 70000, bound).wrong, 0);
  EXPECT_EQ(tally_of(DataType::f16, 65504, 70000, bound).wrong, 0);
  EXPECT_EQ(tally_of(DataType::f16, -INFINITY, 70000, bound).wrong, 1);
  EXPECT_EQ(tally_of(DataType::f16, NAN, 70000, bound).wrong, 1);
  EXPECT_EQ(tally_of(DataType::f16, INFINITY, 60000, bound).wrong, 1);
  EXPECT_EQ(tally_of(DataType::f8e4m3, NAN, 500, bound).wrong, 0);
  EXPECT_EQ(tally_of(DataType::f8e4m3, NAN, 400, bound).wrong, 1);
}

TEST(JudgeExact, OwesTheCorrectlyRoundedValue) {
  const auto wrong = [](DataType type, double got, double exact) {
    Tally tally;
    judge_exact(type, 0, got, exact, tally);
    return tally.wrong;
  };
  EXPECT_EQ(wrong(DataType::bf16, 256, 257), 0) << "ties to even";
  EXPECT_EQ(wrong(DataType::bf16, 258, 257), 1);
  EXPECT_EQ(wrong(DataType::f32, -0.0, 0), 0);
  EXPECT_EQ(wrong(DataType::i32, 7, 8), 1);
}

TEST(Tally, IsTheSameInWhateverOrderItIsMerged) {
  std::vector<Tally> parts(20);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Bound bound{0.5, 0.7, 0.3};
    const double error = std::fmod(static_cast<double>(i) * 0.37, 1.0);
    judge(DataType::f32, static_cast<std::int64_t>(i), 1 + error, 1, bound, parts[i]);
  }
  Tally forward, backward;
  for (const Tally& part : parts) forward.merge(part);
  std::reverse(parts.begin(), parts.end());
  for (const Tally& part : parts) backward.merge(part);
  EXPECT_GT(forward.wrong, 1);
  EXPECT_EQ(forward.wrong, backward.wrong);
  EXPECT_EQ(forward.suspicious, backward.suspicious);
  EXPECT_EQ(forward.worst_at.index, backward.worst_at.index);
  EXPECT_EQ(forward.first_wrong.index, backward.first_wrong.index);
  EXPECT_EQ(forward.first_wrong.index, 2) << "0.74 is the first beyond 0.7";
  EXPECT_EQ(forward.squares, backward.squares);
}

TEST(SampleIndices, AlwaysHoldBoundariesOfTheFirstAndLastGroup) {
  const auto sample = sample_indices(3, 1000, 18, 9);
  EXPECT_THAT(sample, IsSupersetOf({0, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 999}));
  EXPECT_THAT(sample, IsSupersetOf({2000, 2063, 2064, 2896, 2960, 2999}));
  EXPECT_TRUE(std::is_sorted(sample.begin(), sample.end()));
  EXPECT_EQ(std::set(sample.begin(), sample.end()).size(), sample.size());
  EXPECT_GE(sample.size(), 24u + 12u) << "a random index may be at a boundary";
}

TEST(SampleIndices, AreAllWhereThereAreFewAndDependOnTheSeed) {
  EXPECT_THAT(sample_indices(1, 5, 18, 1), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(sample_indices(1, 9999, 18, 4), sample_indices(1, 9999, 18, 4));
  EXPECT_NE(sample_indices(1, 9999, 18, 4), sample_indices(1, 9999, 18, 5));
}

TEST(LargestFactor, IsTheLastThatFits) {
  EXPECT_EQ(largest_factor(1000, 4, 100), 5);
  EXPECT_EQ(largest_factor(1000, 4, 99), 4);
  EXPECT_EQ(largest_factor(3, 4, 100), 3);
  EXPECT_EQ(largest_factor(1000, 101, 100), 0);
}

}  // namespace
}  // namespace assay::kernels
