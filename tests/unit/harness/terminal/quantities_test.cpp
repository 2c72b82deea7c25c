#include "harness/terminal/quantities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"

namespace assay::harness::terminal {
namespace {

using testing::HasSubstr;

TEST(ParseDuration, ReadsNumbersWithTheirUnits) {
  EXPECT_DOUBLE_EQ(parse_duration("500ms", "--budget"), 0.5);
  EXPECT_DOUBLE_EQ(parse_duration("2s", "--budget"), 2);
  EXPECT_DOUBLE_EQ(parse_duration("1.5m", "--budget"), 90);
  EXPECT_DOUBLE_EQ(parse_duration("1h", "--budget"), 3600);
  EXPECT_DOUBLE_EQ(parse_duration("250us", "--budget"), 250e-6);
}

TEST(ParseDuration, TakesABareNumberAsSeconds) {
  EXPECT_DOUBLE_EQ(parse_duration("0.25", "--budget"), 0.25);
}

TEST(ParseDuration, RefusesWhatIsNoTimeAboveZeroAndNamesThePlace) {
  for (const char* text : {"", "s", "0", "0s", "-1s", "2 s", "2x", "nan", "inf", "1e999", "2ss"}) {
    try {
      parse_duration(text, "--budget");
      ADD_FAILURE() << "took `" << text << "`";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr("--budget"));
      EXPECT_THAT(error.hint(), HasSubstr("500ms"));
    }
  }
}

TEST(ParseShare, ReadsPercentAndFraction) {
  EXPECT_DOUBLE_EQ(parse_share("1%", "--target"), 0.01);
  EXPECT_DOUBLE_EQ(parse_share("0.5%", "--target"), 0.005);
  EXPECT_DOUBLE_EQ(parse_share("0.01", "--target"), 0.01);
}

TEST(ParseShare, RefusesWhatIsNotBetweenZeroAndOne) {
  for (const char* text : {"", "%", "0", "0%", "-1%", "1", "100%", "5", "1%%", "nan", "1 %"}) {
    EXPECT_THROW(parse_share(text, "--target"), InputError) << text;
  }
}

}  // namespace
}  // namespace assay::harness::terminal
