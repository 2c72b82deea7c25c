#include "harness/measure/energy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/measure/burn.h"
#include "harness/measure/power_window.h"
#include "tests/unit/harness/measure/simulated_power.h"

namespace assay::harness::measure::energy_test {
namespace {

using testing::HasSubstr;

constexpr double kWork = 4e9;  ///< operations of a launch
constexpr SensorAccuracy kExact = {};

// ---- whole measurements with simulated sensors

constexpr Draw kDraws[] = {
    {"constant, 1 ms", 0.001, 300, 300, 1},   {"60% high, 1 ms", 0.001, 400, 150, 0.6},
    {"60% high, 10 ms", 0.01, 400, 150, 0.6}, {"60% high, 50 ms", 0.05, 400, 150, 0.6},
    {"60% high, 100 ms", 0.1, 400, 150, 0.6}, {"60% high, 370 ms", 0.37, 400, 150, 0.6}};
struct NamedSensor {
  const char* name;
  SensorKind kind;
};
constexpr NamedSensor kSensors[] = {{"counter", SensorKind::counter},
                                    {"counter, samples 1/4", SensorKind::part_time_counter},
                                    {"power, mean of 1 s", SensorKind::mean_of_a_second},
                                    {"power, samples 1/4", SensorKind::part_time_power}};
constexpr double kLengths[] = {0.1, 0.3, 1, 2, 3, 5, 10};
constexpr double kPeriod = 0.1;

/// As the program computed it before: from the first to the last reading, however few.
double naive_joules(const LaunchWindow& window) {
  const WindowReading &first = window.readings.front(), &last = window.readings.back();
  const double seconds = last.reading.at - window.begin;
  double watts = mean(window.readings, &Reading::power_watts).value_or(0);
  if (first.reading.energy_joules) {
    watts = (*last.reading.energy_joules - *first.reading.energy_joules) /
            (last.reading.at - first.reading.at);
  }
  return watts * seconds / last.launches;
}

struct Trial {
  double before = 0;  ///< naive_joules() / truth
  EnergyFound found;
  double truth = 0;
};

Trial trial(const Draw& draw, SensorKind kind, double seconds, std::uint32_t seed) {
  SimulatedDevice device(draw);
  SimulatedSensor sensor(device, kind, kPeriod, seed);
  const SensorSource source = [&] { return std::optional(sensor()); };
  SensorLog idle(source, device.clock());
  for (int i = 0; i < 3; ++i) {
    idle.read();
    device.idle(0.1);
  }
  const Burnt burnt = burn(
      seconds, draw.launch_seconds, device.launcher(), source,
      [&](double pause) { device.idle(pause); }, device.clock());
  return {naive_joules(burnt.window) / draw.joules(),
          energy_of(idle.readings(), burnt.window, kWork, kExact), draw.joules()};
}

struct Outcome {
  double lowest_before = 1e9, highest_before = 0, lowest = 1e9, highest = 0, widest = 0;
  int measured = 0, contained = 0, trials = 0;
  std::string refusal;
};

Outcome outcome(const Draw& draw, SensorKind kind, double seconds, int trials) {
  Outcome out;
  for (int i = 0; i < trials; ++i) {
    const Trial one = trial(draw, kind, seconds, static_cast<std::uint32_t>(i + 1));
    ++out.trials;
    if (std::isfinite(one.before)) {
      out.lowest_before = std::min(out.lowest_before, one.before);
      out.highest_before = std::max(out.highest_before, one.before);
    }
    const results::record::Energy& energy = one.found.energy;
    if (!energy.joules_per_launch) {
      out.refusal = one.found.note->text;
      continue;
    }
    ++out.measured;
    out.contained += *energy.joules_lower <= one.truth && one.truth <= *energy.joules_upper;
    const double ratio = *energy.joules_per_launch / one.truth;
    out.lowest = std::min(out.lowest, ratio);
    out.highest = std::max(out.highest, ratio);
    out.widest = std::max(out.widest, *energy.half_width());
  }
  return out;
}

class EnergyOfSimulatedSensor : public testing::TestWithParam<NamedSensor> {};

TEST_P(EnergyOfSimulatedSensor, IsWithinItsIntervalOrNotMeasured) {
  for (const Draw& draw : kDraws) {
    for (const double seconds : kLengths) {
      const Outcome out = outcome(draw, GetParam().kind, seconds, 60);
      EXPECT_GE(out.contained, 0.93 * out.measured) << draw.name << ", " << seconds << " s";
      if (seconds > 1) continue;
      EXPECT_EQ(out.measured, 0) << draw.name << ", " << seconds << " s";
    }
  }
}

TEST_P(EnergyOfSimulatedSensor, IsGivenOfABurnThatIsLongForTheSensor) {
  const auto expect_given = [&](const Draw& draw, double seconds) {
    const Outcome out = outcome(draw, GetParam().kind, seconds, 60);
    EXPECT_EQ(out.measured, out.trials) << draw.name << ": " << out.refusal;
    EXPECT_GT(out.lowest, 0.97) << draw.name;
    EXPECT_LT(out.highest, 1.03) << draw.name;
    EXPECT_LT(out.widest, 0.1) << draw.name;
  };
  expect_given(kDraws[0], 5);
  expect_given(kDraws[1], 5);
  expect_given(kDraws[2], 10);
}

INSTANTIATE_TEST_SUITE_P(Sensors, EnergyOfSimulatedSensor, testing::ValuesIn(kSensors),
                         [](const auto& sensor) {
                           return "Kind" + std::to_string(static_cast<int>(sensor.param.kind));
                         });

/// Prints the table of ratios of reading and truth:
///   unit_harness --gtest_also_run_disabled_tests --gtest_filter='*PrintsTheTable'
TEST(EnergyOfSimulatedSensors, DISABLED_PrintsTheTable) {
  fmt::print("{:<22}{:<18}{:>6}  {:<14}{:<10}{:<14}{:<8}{}\n", "sensor", "draw", "run", "before",
             "measured", "now", "widest", "contained");
  for (const NamedSensor& sensor : kSensors) {
    for (const Draw& draw : kDraws) {
      for (const double seconds : kLengths) {
        const Outcome out = outcome(draw, sensor.kind, seconds, 400);
        const std::string before =
            out.highest_before > 0
                ? fmt::format("{:.2f} to {:.2f}", out.lowest_before, out.highest_before)
                : "one reading";
        fmt::print("{:<22}{:<18}{:>4.1f} s  {:<14}{:>4.0f}%     ", sensor.name, draw.name, seconds,
                   before, 100.0 * out.measured / out.trials);
        if (out.measured > 0) {
          fmt::print("{:.3f} to {:.3f}  ±{:4.1f}%  {:5.1f}%\n", out.lowest, out.highest,
                     100 * out.widest, 100.0 * out.contained / out.measured);
        } else {
          fmt::print("not measured\n");
        }
      }
    }
  }
}

// ---- single faults

/// A minute of launches of 1 ms at 200 W, read every 50 ms by sensors that are updated every 100
/// ms.
LaunchWindow minute() {
  LaunchWindow window;
  for (int i = 1; i <= 1200; ++i) {
    WindowReading one;
    one.reading.at = 0.05 * i;
    one.launches = 50 * i;
    one.launch_seconds = 0.05 * i;
    const int update = i / 2;
    one.reading.energy_joules = 20.0 * update;
    one.reading.power_watts = 200 + 0.01 * (update % 7);
    window.readings.push_back(one);
  }
  return window;
}

LaunchWindow without(LaunchWindow window, std::optional<double> Reading::*figure) {
  for (WindowReading& one : window.readings) (one.reading.*figure).reset();
  return window;
}

EnergyFound found(const LaunchWindow& window, const SensorAccuracy& accuracy = kExact) {
  return energy_of({}, window, kWork, accuracy);
}

std::string refusal(const LaunchWindow& window) {
  const EnergyFound out = found(window);
  EXPECT_FALSE(out.energy.joules_per_launch.has_value());
  EXPECT_FALSE(out.watts.has_value());
  return out.note ? out.note->text : "";
}

TEST(Energy, ComesFromTheCounterWhereThereIsOne) {
  const EnergyFound out = found(minute());
  EXPECT_EQ(out.energy.source, "counter");
  EXPECT_NEAR(out.energy.joules_per_launch.value(), 0.2, 1e-9);
  EXPECT_NEAR(out.energy.rate_per_watt.value(), kWork / 0.2, 1);
  EXPECT_NEAR(out.energy.sensor_period_seconds.value(), 0.1, 1e-9);
  EXPECT_NEAR(out.energy.window_seconds.value(), 59.9, 0.1);
  EXPECT_NEAR(out.watts.value(), 200, 1e-6);
  EXPECT_LT(out.energy.half_width().value(), 0.002);
  EXPECT_FALSE(out.note);
}

TEST(Energy, ComesFromPowerWhereOnlyThatIsTold) {
  const EnergyFound out = found(without(minute(), &Reading::energy_joules));
  EXPECT_EQ(out.energy.source, "power");
  EXPECT_NEAR(out.energy.joules_per_launch.value(), 0.2, 1e-4);
  EXPECT_NEAR(out.energy.window_seconds.value(), 58.5, 0.1);
}

TEST(Energy, ContainsTheAccuracyOfTheSensor) {
  const EnergyFound exact = found(minute()), real = found(minute(), accuracy_of("NVIDIA"));
  EXPECT_NEAR(real.energy.sensor_accuracy.value(), 0.05, 1e-12);
  EXPECT_NEAR(*real.energy.half_width() - *exact.energy.half_width(), 0.05, 1e-3);
  LaunchWindow idle = minute();
  for (WindowReading& one : idle.readings) *one.reading.energy_joules *= 0.25;
  EXPECT_NEAR(found(idle, accuracy_of("NVIDIA")).energy.sensor_accuracy.value(), 0.1, 1e-9)
      << "5 W of 50 W";
}

TEST(Energy, IsNotTheDevicesWhereTheSensorReadsMoreThanTheDevice) {
  const EnergyFound out = of_the_device(found(minute()), "the whole package of 2 dies");
  EXPECT_FALSE(out.energy.joules_per_launch.has_value());
  EXPECT_FALSE(out.watts.has_value());
  EXPECT_THAT(out.note.value().text, HasSubstr("the whole package of 2 dies"));
  EXPECT_TRUE(of_the_device(found(minute()), "").energy.joules_per_launch.has_value());
  EXPECT_FALSE(of_the_device({}, "the whole package of 2 dies").note) << "there was no sensor";
}

TEST(Energy, ContainsWhatTheTimeBetweenLaunchesMayHaveTaken) {
  LaunchWindow gaps = minute();
  for (WindowReading& one : gaps.readings) one.launch_seconds *= 0.9;
  EXPECT_NEAR(*found(gaps).energy.joules_lower / *found(minute()).energy.joules_lower, 0.9, 1e-9);
  for (WindowReading& one : gaps.readings) one.launch_seconds *= 0.5;
  EXPECT_THAT(refusal(gaps), HasSubstr("launches filled only 45% of the window of 60.0 s"));
}

TEST(Energy, IsAbsentWithoutANoteWhereTheDeviceTellsNeither) {
  const EnergyFound out =
      found(without(without(minute(), &Reading::energy_joules), &Reading::power_watts));
  EXPECT_FALSE(out.energy.joules_per_launch.has_value());
  EXPECT_FALSE(out.note);
  EXPECT_FALSE(energy_of({}, {}, kWork, kExact).note);
}

TEST(Energy, SaysHowLongABurnMustBe) {
  LaunchWindow window = minute();
  window.readings.resize(10);
  EXPECT_THAT(refusal(without(window, &Reading::power_watts)),
              HasSubstr("energy: not measured: the window of 400 ms is shorter than 20 updates of "
                        "the energy counter (updated every 100 ms); use --burn 5s"));
  EXPECT_THAT(refusal(without(window, &Reading::energy_joules)),
              HasSubstr("the window of 0 s, which begins 1.50 s after the first launch"));
}

TEST(Energy, AsksALongBurnOfASensorThatAnswersOnceASecond) {
  LaunchWindow window = without(minute(), &Reading::energy_joules);
  for (WindowReading& one : window.readings) {
    one.reading.power_watts = 200 + std::floor(one.reading.at) / 10;
  }
  EXPECT_NEAR(found(window).energy.sensor_period_seconds.value(), 1, 0.06);
  window.readings.resize(200);
  EXPECT_THAT(refusal(window), HasSubstr("use --burn 30s"));
}

TEST(Energy, IsNotTakenFromACounterThatFallsJumpsOrStandsStill) {
  const LaunchWindow good = without(minute(), &Reading::power_watts);
  LaunchWindow fallen = good, jumped = good, still = good;
  for (std::size_t i = 600; i < 1200; ++i) {
    *fallen.readings[i].reading.energy_joules -= 9000;
    *jumped.readings[i].reading.energy_joules += 1000;
  }
  for (WindowReading& one : still.readings) one.reading.energy_joules = 7;
  EXPECT_THAT(refusal(fallen), HasSubstr("the energy counter fell from"));
  EXPECT_THAT(refusal(jumped), HasSubstr("the energy counter jumped: 20.0 kW for a moment"));
  EXPECT_THAT(refusal(still),
              HasSubstr("the energy counter did not change in 60.0 s; it may not exist"));
}

TEST(Energy, UsesPowerInPlaceOfABadCounterAndSaysSo) {
  LaunchWindow window = minute();
  *window.readings[700].reading.energy_joules = 0;
  const EnergyFound out = found(window);
  EXPECT_EQ(out.energy.source, "power");
  ASSERT_TRUE(out.note);
  EXPECT_THAT(out.note->text, HasSubstr("from power readings, because the energy counter fell"));
}

TEST(Energy, IsNotTakenFromPowerThatIsZeroAbsurdOrConstant) {
  const LaunchWindow good = without(minute(), &Reading::energy_joules);
  LaunchWindow zero = good, absurd = good, constant = good;
  zero.readings[500].reading.power_watts = 0;
  absurd.readings[500].reading.power_watts = 6553.5;
  for (WindowReading& one : constant.readings) one.reading.power_watts = 100;
  EXPECT_THAT(refusal(zero), HasSubstr("the power sensor reported 0 W during launches"));
  EXPECT_THAT(refusal(absurd), HasSubstr("reported 6.55 kW for a moment and 200 W otherwise"));
  EXPECT_THAT(refusal(constant), HasSubstr("reported 100 W and changed at most once"));
}

TEST(Energy, IsNotTakenFromPowerThatIsReadInStepWithTheLaunches) {
  LaunchWindow window = without(minute(), &Reading::energy_joules);
  for (std::size_t i = 0; i < window.readings.size(); ++i) {
    *window.readings[i].reading.power_watts += 1e-3 * static_cast<double>(i % 5);
  }
  EXPECT_THAT(refusal(window), HasSubstr("may all be of the same part of a launch"));
}

TEST(Energy, IsNotGivenWhereTheIntervalIsTooWide) {
  LaunchWindow window = without(minute(), &Reading::energy_joules);
  for (WindowReading& one : window.readings) {
    if (one.reading.at > 40) *one.reading.power_watts += 300;
  }
  EXPECT_THAT(refusal(window), HasSubstr("the power varied so much"));
}

TEST(Mean, LeavesOutPowersThatCannotBeTrue) {
  LaunchWindow window = minute();
  window.readings.resize(3);
  for (const double watts : {0.0, -5.0, 1e9}) {
    window.readings[0].reading.power_watts = watts;
    EXPECT_NEAR(mean(window.readings, &Reading::power_watts).value(), 200, 0.1) << watts;
  }
}

}  // namespace
}  // namespace assay::harness::measure::energy_test
