#include "harness/conformance/judgement.h"

#include <gmock/gmock.h>

#include <vector>

namespace assay::harness::conformance {
namespace {

TEST(JudgeAtLeast, IsBrokenOnlyIfNoRoundReachesTheMinimum) {
  EXPECT_EQ(judge_at_least(std::vector{0.5, 0.6, 0.7}, 0.75), Judgement::broken);
  EXPECT_EQ(judge_at_least(std::vector{0.5, 0.6, 0.75}, 0.75), Judgement::unclear);
}

TEST(JudgeAtLeast, HoldsIfTheMedianRoundReachesTheMinimum) {
  EXPECT_EQ(judge_at_least(std::vector{0.1, 2.0, 1.9}, 0.75), Judgement::holds);
}

TEST(JudgeAtLeast, IsUnclearWithoutRounds) {
  EXPECT_EQ(judge_at_least({}, 0.75), Judgement::unclear);
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
