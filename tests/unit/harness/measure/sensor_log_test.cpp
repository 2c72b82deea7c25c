#include "harness/measure/sensor_log.h"

#include <gtest/gtest.h>

namespace assay::harness::measure {
namespace {

constexpr double kWork = 4e9;  ///< operations of a launch

Reading reading(double at, std::optional<double> power, std::optional<double> energy) {
  Reading one;
  one.at = at;
  one.power_watts = power;
  one.energy_joules = energy;
  return one;
}

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
        one.energy_joules = now * 50;
        one.throttle = now > 2 ? "heat" : "";
        return one;
      },
      [&] { return now += 1; });
  for (int i = 0; i < 3; ++i) log.read();
  EXPECT_EQ(log.summary().clock_hz_minimum, 1.7e9);
  EXPECT_EQ(log.summary().clock_hz_median, 1.8e9);
  EXPECT_EQ(log.summary().energy_joules, 100);
  EXPECT_EQ(log.summary().throttle, "heat");
  EXPECT_FALSE(log.summary().temperature_celsius_maximum.has_value());
}

TEST(Energy, ComesFromTheCounterWhereThereIsOne) {
  const Reading readings[] = {reading(10, 999, 5000), reading(11, 999, 5100),
                              reading(12, 999, 5400)};
  const results::record::Energy energy = energy_of(readings, {100, 2.5, 2.4}, kWork);
  EXPECT_EQ(energy.source, "counter");
  EXPECT_DOUBLE_EQ(energy.joules_per_launch.value(), 200 * 2.5 / 100);
  EXPECT_DOUBLE_EQ(energy.rate_per_watt.value(), 4e9 / 5);
}

TEST(Energy, ComesFromPowerOverTimeWhereOnlyThatIsTold) {
  const Reading readings[] = {reading(10, 300, {}), reading(11, 400, {}), reading(12, 500, {})};
  const results::record::Energy energy = energy_of(readings, {10, 2, 2}, 8e9);
  EXPECT_EQ(energy.source, "power");
  EXPECT_DOUBLE_EQ(energy.joules_per_launch.value(), 80);
  EXPECT_DOUBLE_EQ(energy.rate_per_watt.value(), 1e8);
}

TEST(Energy, IsAbsentWhereNothingIsToldOrTheTimeIsNotTheLaunches) {
  const Reading told[] = {reading(10, 300, {}), reading(11, 300, {})};
  const Reading silent[] = {reading(10, {}, {}), reading(11, {}, {})};
  EXPECT_FALSE(energy_of(silent, {10, 2, 2}, kWork).joules_per_launch.has_value());
  EXPECT_FALSE(energy_of({}, {10, 2, 2}, kWork).joules_per_launch.has_value());
  EXPECT_FALSE(energy_of(told, {10, 2, 1}, kWork).joules_per_launch.has_value()) << "cold launches";
  EXPECT_FALSE(energy_of(told, {0, 0, 0}, kWork).joules_per_launch.has_value());
  const Reading stuck[] = {reading(10, {}, 7), reading(11, {}, 7)};
  EXPECT_FALSE(energy_of(stuck, {10, 2, 2}, kWork).joules_per_launch.has_value());
}

}  // namespace
}  // namespace assay::harness::measure
