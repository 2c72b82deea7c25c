#include "harness/conformance/resource_usage.h"

#include <gmock/gmock.h>

#include <cmath>

namespace assay::harness::conformance {
namespace {

using testing::HasSubstr;

/// 10,000 repetitions in which each quarter leaks `heap` bytes and all together leak `descriptors`.
Repetition repetition(double heap, double descriptors) {
  Repetition all;
  all.asked = all.done = 10000;
  all.before = {1e6, 1e7, 5, 2, -1e9};
  for (int quarter = 0; quarter <= 4; ++quarter) {
    all.readings.push_back({1e6 + heap * quarter, 1e7, 5 + descriptors, 2, -1e9});
  }
  return all;
}

TEST(LeftBehind, IsNothingWhereNothingGrew) {
  EXPECT_EQ(leaks(repetition(0, 0)), "");
}

TEST(LeftBehind, SaysHowMuchMemoryEachTimeLeft) {
  EXPECT_THAT(leaks(repetition(2250 * 64, 0)), HasSubstr(": 64 bytes per repetition"));
}

TEST(LeftBehind, CountsDescriptorsSinceTheFirstRound) {
  EXPECT_EQ(leaks(repetition(0, 9)), "");
  EXPECT_THAT(leaks(repetition(0, 12)), HasSubstr("12 more open descriptors than at first"));
}

TEST(LeftBehind, SaysNothingOfWhatIsNotKnown) {
  Repetition all = repetition(0, 0);
  for (ResourceUsage& reading : all.readings) reading.resident_bytes = NAN;
  EXPECT_EQ(leaks(all), "");
}

TEST(TimesText, SaysIfTheTimeDidNotSuffice) {
  Repetition all = repetition(0, 0);
  EXPECT_EQ(times_text(all), "10000 times");
  all.done = 412;
  all.seconds = 10;
  EXPECT_EQ(times_text(all), "412 of 10000 times, limited to 10.0 s");
}

}  // namespace
}  // namespace assay::harness::conformance
