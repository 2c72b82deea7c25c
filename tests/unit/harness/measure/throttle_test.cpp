#include "harness/measure/throttle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace assay::harness::measure::throttle_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A device with given clocks after each batch; the time of a launch is its number.
struct MadeUpDevice {
  std::deque<std::optional<double>> clocks;
  std::vector<double> pauses;
  int batches = 0;

  ThrottleGuard guard(double highest) {
    return {highest,
            [this] {
              const auto clock = clocks.front();
              clocks.pop_front();
              return clock;
            },
            [this](double seconds) { pauses.push_back(seconds); }};
  }
  std::vector<assay_launch> run(ThrottleGuard& guard) {
    return guard.run(5, [this](std::uint32_t count) {
      ++batches;
      return std::vector<assay_launch>(count, {static_cast<double>(batches), 0});
    });
  }
};

TEST(ThrottleGuard, LeavesAloneWhatRunsAtThreeQuartersOfTheHighestClock) {
  MadeUpDevice device{{1.5e9, 2e9}};
  ThrottleGuard guard = device.guard(2e9);
  device.run(guard);
  device.run(guard);
  EXPECT_EQ(device.batches, 2);
  EXPECT_THAT(device.pauses, IsEmpty());
  EXPECT_FALSE(throttling_note(guard.outcome()));
}

TEST(ThrottleGuard, DiscardsABatchBelowItAndTriesAgainAfterAPauseThatGrows) {
  MadeUpDevice device{{1e9, 1.4e9, 1.6e9}};
  ThrottleGuard guard = device.guard(2e9);
  EXPECT_EQ(device.run(guard).front().device_seconds, 3)
      << "the third batch is the one that counts";
  EXPECT_THAT(device.pauses, ElementsAre(0.25, 0.5));
  EXPECT_EQ(guard.outcome().discarded_launches, 10u);
  EXPECT_EQ(guard.outcome().paused_seconds, 0.75);
  EXPECT_THAT(throttling_note(guard.outcome()).value().text,
              HasSubstr("10 launches below 75% of the highest clock discarded, 2 pauses made"));
}

TEST(ThrottleGuard, GivesUpAfterThreePausesOfAMeasurementAndSaysWhatItKept) {
  MadeUpDevice device{std::deque<std::optional<double>>(6, 1e9)};
  ThrottleGuard guard = device.guard(2e9);
  EXPECT_EQ(device.run(guard).front().device_seconds, 4);
  EXPECT_EQ(device.run(guard).front().device_seconds, 5) << "no further pause";
  EXPECT_THAT(device.pauses, ElementsAre(0.25, 0.5, 1));
  EXPECT_EQ(guard.outcome().kept_launches, 10u);
  EXPECT_THAT(throttling_note(guard.outcome()).value().text,
              HasSubstr("10 later ones at such a clock kept"));
}

TEST(ThrottleGuard, JudgesNoClockThatOnlyThePowerLimitHoldsDown) {
  Reading reading;
  reading.clock_hz = 1e9;
  EXPECT_EQ(judged_clock(reading), 1e9);
  reading.throttle = "software power cap";
  EXPECT_FALSE(judged_clock(reading));
  reading.throttle = "software power cap, software power cap";
  EXPECT_FALSE(judged_clock(reading));
  reading.throttle = "software power cap, hardware thermal";
  EXPECT_EQ(judged_clock(reading), 1e9);
  reading.throttle = "hardware power brake";
  EXPECT_EQ(judged_clock(reading), 1e9);
}

TEST(ThrottleGuard, KeepsEverythingWithoutClocks) {
  MadeUpDevice silent{{std::nullopt}};
  ThrottleGuard no_reading = silent.guard(2e9);
  silent.run(no_reading);
  MadeUpDevice zero{{0.0}};
  ThrottleGuard no_clock = zero.guard(2e9);
  zero.run(no_clock);
  EXPECT_EQ(no_clock.outcome().pauses, 0u) << "0 Hz is no clock";
  MadeUpDevice unknown{{1e6}};
  ThrottleGuard no_highest = unknown.guard(0);
  unknown.run(no_highest);
  EXPECT_EQ(silent.batches + unknown.batches, 2);
}

}  // namespace
}  // namespace assay::harness::measure::throttle_test
