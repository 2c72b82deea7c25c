#include "harness/measure/reading.h"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/measure/sensor_log.h"

namespace assay::harness::measure {
namespace {

TEST(Reading, LacksWhatTheBackendDoesNotReport) {
  for (const SensorQuantity& reported : kSensorQuantities) {
    assay_sensors report = ASSAY_SENSORS_ABSENT;
    report.*reported.report = 7;
    const Reading reading = reading_of(report);
    for (const SensorQuantity& quantity : kSensorQuantities) {
      EXPECT_EQ(reading.*quantity.value,
                quantity.key == reported.key ? std::optional(7.0) : std::nullopt)
          << quantity.key;
    }
    EXPECT_EQ(reading.throttle, "");
  }
}

TEST(Reading, IsSummedUpInTheFiguresOfTheRecord) {
  for (const SensorQuantity& quantity : kSensorQuantities) {
    double now = 0, next = 0;
    SensorLog log(
        [&] {
          Reading one;
          one.*quantity.value = next += 10;  // 10, 20, 60
          if (next == 30) one.*quantity.value = 60;
          return one;
        },
        [&] { return now += 1; });
    for (int i = 0; i < 3; ++i) log.read();
    const results::record::Sensors sensors = log.summary();
    for (const InSensors& summary : quantity.sensors) {
      if (summary.value == nullptr) continue;
      const double wanted = summary.statistic == Statistic::minimum  ? 10
                            : summary.statistic == Statistic::median ? 20
                            : summary.statistic == Statistic::mean   ? 30
                                                                     : 60;
      EXPECT_EQ(sensors.*summary.value, wanted) << quantity.key;
    }
  }
}

TEST(Reading, OfAClockAtZeroSaysNothing) {
  double now = 0;
  bool zero = false;
  SensorLog log(
      [&] {
        Reading one;
        zero = !zero;
        one.memory_clock_hz = zero ? 0 : 2e9;
        one.temperature_celsius = zero ? 0 : -5;
        return one;
      },
      [&] { return now += 1; });
  for (int i = 0; i < 3; ++i) log.read();
  EXPECT_EQ(log.summary().memory_clock_hz_median, 2e9);
  EXPECT_EQ(log.summary().temperature_celsius_maximum, 0) << "0 °C is a temperature";
}

TEST(Statistic, OfNothingIsAbsent) {
  EXPECT_EQ(statistic_of(Statistic::mean, {}), std::nullopt);
  EXPECT_EQ(statistic_of(Statistic::mean, {1, 2, 6}), 3);
}

}  // namespace
}  // namespace assay::harness::measure
