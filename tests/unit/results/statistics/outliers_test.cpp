#include "results/statistics/outliers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "results/statistics/distributions.h"

namespace assay::results::statistics {
namespace {

std::vector<double> normal_values(std::size_t count, double sigma, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<> normal(10, sigma);
  std::vector<double> out(count);
  for (double& one : out) one = normal(random);
  return out;
}

TEST(RobustSummary, QnOfAFewValuesEqualsTheOneComputedByHand) {
  // Distances of 1 2 4 7: 1 2 3 3 5 6; h = 3, k = 3: the third smallest is 3; n = 4: 0.512.
  const std::vector<double> values = {4, 1, 7, 2};
  const RobustSummary summary = robust_summary(values);
  EXPECT_DOUBLE_EQ(summary.middle, 3);
  EXPECT_DOUBLE_EQ(summary.scatter, 2.219144465985076 * 0.512 * 3);
}

TEST(RobustSummary, TheConstantOfQnIsExactForTheNormalDistribution) {
  // A quarter of the distances between two normal values, which scatter by √2, lies below √2
  // Φ⁻¹(5/8).
  EXPECT_NEAR(1 / (std::sqrt(2.0) * statistics::normal_quantile(5.0 / 8)), 2.219144465985076,
              1e-12);
}

TEST(RobustSummary, ScatterIsTheStandardDeviationOfNormalValues) {
  for (const std::size_t count : {8, 30, 384, 10000}) {
    double sum = 0;
    constexpr int kTimes = 100;
    for (int i = 0; i < kTimes; ++i) {
      sum += robust_summary(normal_values(count, 2, static_cast<std::uint64_t>(i))).scatter;
    }
    EXPECT_NEAR(sum / kTimes, 2, count < 10 ? 0.3 : 0.1) << count;
  }
}

TEST(RobustSummary, IsRobustAgainstTwoFifthsOfTheValues) {
  for (const std::size_t count : {20, 1000}) {
    std::vector<double> values = normal_values(count, 1, 3);
    for (std::size_t i = 0; i < 2 * count / 5; ++i) values[i] = 1e6;
    const RobustSummary summary = robust_summary(values);
    EXPECT_NEAR(summary.middle, 10, 2) << count;
    EXPECT_LT(summary.scatter, 10) << count;
  }
}

TEST(RobustSummary, EqualValuesHaveNoScatterAndAnyOtherValueIsInfinitelyFar) {
  const std::vector<double> values(20, 5.0);
  const RobustSummary summary = robust_summary(values);
  EXPECT_EQ(summary.scatter, 0);
  EXPECT_EQ(deviations_above(5, 0, summary, 0), 0);
  EXPECT_EQ(deviations_above(5.1, 0, summary, 0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(probability_above(deviations_above(5.1, 0, summary, 0), summary), 0);
}

TEST(RobustSummary, AnUncertainValueMustLieFartherOut) {
  const RobustSummary summary = {0, 1, 100};
  EXPECT_DOUBLE_EQ(deviations_above(5, 0.1, summary, 0.1), 5);
  EXPECT_LT(deviations_above(5, 2, summary, 0.1), 2.5);
}

TEST(RobustSummary, ADeviateHasTheProbabilityOfStudentsT) {
  // t with 10 degrees of freedom exceeds 2.228 in 2.5% of cases.
  EXPECT_NEAR(probability_above(2.228, {0, 1, 10}), 0.025, 1e-4);
  EXPECT_NEAR(probability_above(1.96, {0, 1, 1e7}), 0.025, 1e-4);
}

TEST(Tail, DistinguishesHeavyTailsFromNormalOnes) {
  std::mt19937_64 random(5);
  for (const double freedom : {3.0, 5.0}) {
    std::student_t_distribution<> heavy(freedom);
    std::vector<double> values(5000);
    for (double& one : values) one = heavy(random);
    EXPECT_NEAR(tail_freedom(values), freedom, 0.35 * freedom);
  }
  EXPECT_GT(tail_freedom(normal_values(5000, 1, 6)), 20);
  EXPECT_EQ(tail_freedom(normal_values(999, 1, 6)), std::numeric_limits<double>::infinity());
}

TEST(Tail, AFewFaultyValuesDoNotMakeAHeavyTail) {
  std::vector<double> values = normal_values(5000, 1, 7);
  for (int i = 0; i < 10; ++i) values[static_cast<std::size_t>(i)] = 1e3;
  EXPECT_GT(tail_freedom(values), 20);
}

}  // namespace
}  // namespace assay::results::statistics
