#include "harness/measure/sensor_log.h"

#include <gtest/gtest.h>

namespace assay::harness::measure {
namespace {

TEST(SensorLog, SumsUpTheClockOfTheMemory) {
  double now = 0;
  SensorLog log(
      [&] {
        Reading reading;
        reading.memory_clock_hz = 1e9 + now;
        return std::optional(reading);
      },
      [&] { return now; });
  for (; now < 3; ++now) log.read();
  EXPECT_EQ(log.summary().memory_clock_hz_median, 1e9 + 1);
}

TEST(SensorLog, ReadsNoOftenerThanEveryTwentiethOfASecond) {
  double now = 5;
  int looks = 0;
  SensorLog log(
      [&] {
        ++looks;
        return Reading{};
      },
      [&] { return now; });
  EXPECT_TRUE(log.read());
  now += 0.01;
  EXPECT_FALSE(log.read());
  now += 0.05;
  EXPECT_TRUE(log.read());
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(log.readings().back().at, now);
}

TEST(SensorLog, AsksADeviceWithoutSensorsOnce) {
  int looks = 0;
  double now = 0;
  SensorLog log(
      [&]() -> std::optional<Reading> {
        ++looks;
        return std::nullopt;
      },
      [&] { return now += 1; });
  EXPECT_FALSE(log.read());
  EXPECT_FALSE(log.read());
  EXPECT_EQ(looks, 1);
  EXPECT_FALSE(log.summary().power_watts.has_value());
}

TEST(SensorLog, SumsUpWhatItRead) {
  double now = 0, clock = 2e9;
  SensorLog log(
      [&] {
        Reading one;
        one.clock_hz = clock -= 1e8;
        one.throttle = now > 2 ? "heat" : "";
        return one;
      },
      [&] { return now += 1; });
  for (int i = 0; i < 3; ++i) log.read();
  EXPECT_EQ(log.summary().clock_hz_minimum, 1.7e9);
  EXPECT_EQ(log.summary().clock_hz_median, 1.8e9);
  EXPECT_FALSE(log.summary().clock_stood_still);
  EXPECT_EQ(log.summary().throttle, "heat");
  EXPECT_FALSE(log.summary().temperature_celsius_maximum.has_value());
}

Reading at_clock(double hertz) {
  Reading one;
  one.clock_hz = hertz;
  return one;
}

TEST(SensorLog, KeepsEveryReasonThatHeldTheClockDown) {
  double now = 0;
  SensorLog log(
      [&] {
        Reading reading;
        reading.throttle = now == 1 ? "heat" : "software power cap";
        return std::optional(reading);
      },
      [&] { return now; });
  for (; now < 3; ++now) log.read();
  EXPECT_EQ(log.summary().throttle, "software power cap, heat");
}

TEST(SensorLog, CountsAllLaunchesSinceTheWindowBegan) {
  double now = 0;
  SensorLog log([] { return Reading{}; }, [&] { return now += 1; });
  const assay_launch launches[] = {{0.1, 0.2}, {0.1, 0.3}};
  log.read();
  log.begin_window();
  log.count(launches);
  log.count(launches);
  log.read();
  ASSERT_EQ(log.window().readings.size(), 1u) << "not the reading before the window";
  EXPECT_EQ(log.window().begin, 2);
  EXPECT_EQ(log.window().readings[0].launches, 4);
  EXPECT_DOUBLE_EQ(log.window().readings[0].launch_seconds, 1);
  log.begin_window();
  log.read();
  EXPECT_EQ(log.window().readings[0].launches, 0) << "a pause begins a new window";
}

TEST(Clock, OfZeroIsNoClockAndIsTold) {
  const std::vector<Reading> readings = {at_clock(0), at_clock(1e9), at_clock(2e9)};
  EXPECT_EQ(known_clocks(readings), (std::vector<double>{1e9, 2e9}));
  EXPECT_NE(clock_note(readings).value().text.find("1 of 3 readings were 0 Hz"), std::string::npos);
}

TEST(Clock, StandsStillIfManyReadingsAreEqual) {
  std::vector<Reading> readings(9, at_clock(1e9));
  EXPECT_FALSE(clock_stood_still(readings)) << "too few";
  readings.push_back(at_clock(1e9));
  EXPECT_TRUE(clock_stood_still(readings));
  EXPECT_NE(clock_note(readings).value().text.find("may report a constant"), std::string::npos);
  readings.push_back(at_clock(1.1e9));
  EXPECT_FALSE(clock_stood_still(readings));
  EXPECT_FALSE(clock_note(readings));
  EXPECT_FALSE(clock_note({}));
}

}  // namespace
}  // namespace assay::harness::measure
