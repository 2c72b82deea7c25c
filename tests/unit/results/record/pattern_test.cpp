#include "results/record/pattern.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace assay::results::record {
namespace {

TEST(Pattern, IsFoundInsideAText) {
  EXPECT_TRUE(Pattern("h[12]00").found_in("NVIDIA H100 and h200"));
  EXPECT_FALSE(Pattern("h[12]00").found_in("NVIDIA H100"));
}

TEST(Pattern, IgnoresCaseWhereAsked) {
  EXPECT_TRUE(Pattern("h100", Letters::any_case).found_in("NVIDIA H100"));
}

TEST(Pattern, FitsOnlyAWholeText) {
  const Pattern id("[a-z0-9]+(-[a-z0-9]+)*");
  EXPECT_TRUE(id.fits("h200-sxm"));
  EXPECT_FALSE(id.fits("h200-sxm!"));
}

TEST(Pattern, GivesItsFirstGroup) {
  const Pattern rack("^(r[0-9]+)n");
  EXPECT_EQ(rack.groups(), 1u);
  EXPECT_EQ(rack.first_group("r12n3"), "r12");
  EXPECT_EQ(rack.first_group("login"), std::nullopt);
}

TEST(Pattern, RefusesWhatIsNoRegularExpression) {
  EXPECT_THROW(Pattern("(h100"), std::invalid_argument);
}

}  // namespace
}  // namespace assay::results::record
