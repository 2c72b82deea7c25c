#include "harness/conformance/judgement.h"

#include <gmock/gmock.h>

#include <vector>

namespace assay::harness::conformance {
namespace {

TEST(RuleAtLeast, BreaksOnlyWhereNotASingleRoundReachesTheLeast) {
  EXPECT_EQ(rule_at_least(std::vector{0.5, 0.6, 0.7}, 0.75), Ruling::broken);
  EXPECT_EQ(rule_at_least(std::vector{0.5, 0.6, 0.75}, 0.75), Ruling::unclear);
}

TEST(RuleAtLeast, HoldsWhereTheMedianRoundReachesTheLeast) {
  EXPECT_EQ(rule_at_least(std::vector{0.1, 2.0, 1.9}, 0.75), Ruling::holds);
}

TEST(RuleAtLeast, IsUnclearWithoutRounds) {
  EXPECT_EQ(rule_at_least({}, 0.75), Ruling::unclear);
}

TEST(GrowsSteadily, SeesALeakFromReadingToReading) {
  EXPECT_TRUE(grows_steadily(std::vector{10.0, 20.0, 31.0}, 10));
}

TEST(GrowsSteadily, TakesACacheThatIsFullForNoLeak) {
  EXPECT_FALSE(grows_steadily(std::vector{10.0, 500.0, 500.0, 500.0}, 10));
}

TEST(GrowsSteadily, IsFalseWhereNothingIsKnown) {
  EXPECT_FALSE(grows_steadily(std::vector<double>{}, 10));
  EXPECT_FALSE(grows_steadily(std::vector{10.0}, 10));
}

}  // namespace
}  // namespace assay::harness::conformance
