#include "harness/measure/burn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace assay::harness::measure {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;

/// A device with a clock that only its launches advance: each takes `seconds_at(time so far)`.
struct MadeUpDevice {
  std::function<double(double elapsed)> seconds_at;
  double now = 1000;
  int batches = 0;

  Launcher launcher() {
    return [this](std::uint32_t count) {
      std::vector<assay_launch> launches;
      for (std::uint32_t i = 0; i < count; ++i) {
        const double seconds = seconds_at(now - 1000);
        launches.push_back({seconds, seconds});
        now += seconds;
      }
      ++batches;
      return launches;
    };
  }
  Clock clock() {
    return [this] { return now; };
  }
  SensorSource sensors() {
    return [this]() -> std::optional<Reading> {
      Reading reading;
      reading.clock_hz = 1e6 / seconds_at(now - 1000);
      reading.temperature_celsius = 40 + (now - 1000);
      reading.power_watts = 300;
      reading.throttle = now > 1005 ? "power cap" : "";
      return reading;
    };
  }
};

const SensorSource kNoSensors = [] { return std::nullopt; };
const std::function<void(double)> kNoPause = [](double) { FAIL() << "no pause is needed"; };

TEST(Burn, ReportsEverySecondAndNoMore) {
  MadeUpDevice device{[](double) { return 1e-3; }};
  const Burnt burnt = burn(10, 1e-3, device.launcher(), kNoSensors, kNoPause, device.clock());
  EXPECT_THAT(burnt.course.size(), AllOf(Ge(9u), Le(10u)));
  double seconds = 0, launches = 0;
  for (const results::record::CourseSecond& second : burnt.course) {
    EXPECT_NEAR(second.launch_seconds / second.launches, 1e-3, 1e-9);
    EXPECT_NEAR(second.seconds, 1, 0.55);
    EXPECT_FALSE(second.clock_hz.has_value());
    seconds += second.seconds;
    launches += second.launches;
  }
  EXPECT_NEAR(seconds, 10, 0.2);
  EXPECT_NEAR(burnt.launch_seconds, 1e-3 * launches, 1e-9);
  EXPECT_LT(device.batches, 250) << "about 50 ms each";
}

TEST(Burn, ShowsABoostThatFadesWithItsClockHeatAndReason) {
  MadeUpDevice device{[](double elapsed) { return elapsed < 5 ? 1e-3 : 1.25e-3; }};
  const Burnt burnt = burn(10, 1e-3, device.launcher(), device.sensors(), kNoPause, device.clock());
  const auto &first = burnt.course.front(), &last = burnt.course.back();
  EXPECT_NEAR(first.launch_seconds / first.launches, 1e-3, 1e-6);
  EXPECT_NEAR(last.launch_seconds / last.launches, 1.25e-3, 1e-6);
  EXPECT_NEAR(*first.clock_hz, 1e9, 1e6);
  EXPECT_NEAR(*last.clock_hz, 0.8e9, 1e6);
  EXPECT_GT(*last.temperature_celsius, *first.temperature_celsius + 7);
  EXPECT_EQ(*last.power_watts, 300);
  EXPECT_EQ(first.throttle, "");
  EXPECT_EQ(last.throttle, "power cap");
}

TEST(Burn, TakesLongLaunchesAsSecondsOfTheirOwn) {
  MadeUpDevice device{[](double) { return 2.5; }};
  const Burnt burnt = burn(6, 2.5, device.launcher(), kNoSensors, kNoPause, device.clock());
  ASSERT_EQ(burnt.course.size(), 3u);
  for (const results::record::CourseSecond& second : burnt.course) {
    EXPECT_EQ(second.launches, 1);
    EXPECT_EQ(second.seconds, 2.5);
  }
}

TEST(Burn, CountsAShortRestToTheLastSecond) {
  MadeUpDevice device{[](double) { return 0.1; }};
  const Burnt burnt = burn(2.25, 0.1, device.launcher(), kNoSensors, kNoPause, device.clock());
  ASSERT_EQ(burnt.course.size(), 2u);
  EXPECT_GT(burnt.course.back().seconds, 1.1);
  EXPECT_NEAR(0.1 * (burnt.course[0].launches + burnt.course[1].launches), burnt.launch_seconds,
              1e-9);
}

TEST(Burn, LaunchesOnceHoweverShortItIs) {
  MadeUpDevice device{[](double) { return 3.0; }};
  EXPECT_EQ(burn(1e-3, 0, device.launcher(), kNoSensors, kNoPause, device.clock()).course.size(),
            1u);
}

TEST(Burn, KeepsItsReadingsWithTheLaunchesMadeUntilThen) {
  MadeUpDevice device{[](double) { return 1e-3; }};
  const Burnt burnt = burn(1, 1e-3, device.launcher(), device.sensors(), kNoPause, device.clock());
  EXPECT_EQ(burnt.window.begin, 1000);
  ASSERT_GT(burnt.window.readings.size(), 15u);
  for (const WindowReading& one : burnt.window.readings) {
    EXPECT_NEAR(one.reading.at - 1000, 1e-3 * one.launches, 1e-9);
    EXPECT_NEAR(one.launch_seconds, 1e-3 * one.launches, 1e-9);
  }
  EXPECT_NE(burnt.window.readings[0].launches,
            burnt.window.readings[1].launches - burnt.window.readings[0].launches)
      << "batches of different lengths";
}

TEST(Burn, MovesASensorThroughLongLaunchesByPauses) {
  MadeUpDevice device{[](double) { return 0.1; }};
  double paused = 0;
  const auto pause = [&](double seconds) {
    paused += seconds;
    device.now += seconds;
  };
  burn(10, 0.1, device.launcher(), device.sensors(), pause, device.clock());
  EXPECT_NEAR(paused / (device.now - 1000), 0.025, 0.002);
}

}  // namespace
}  // namespace assay::harness::measure
