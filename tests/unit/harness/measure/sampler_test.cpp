#include "harness/measure/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace assay::harness::measure {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

/// A device whose launches take the times of `series`, with a clock that only they advance.
class MadeUpDevice {
 public:
  explicit MadeUpDevice(std::function<double(int launch)> series) : series_(std::move(series)) {}

  Launcher launcher() {
    return [this](std::uint32_t count) {
      std::vector<assay_launch> launches;
      for (std::uint32_t i = 0; i < count; ++i) {
        const double seconds = series_(launched_++);
        launches.push_back({seconds, seconds});
        now_ += seconds;
      }
      batches_.push_back(count);
      return launches;
    };
  }
  Clock clock() {
    return [this] { return now_; };
  }
  int launched() const { return launched_; }
  double now() const { return now_; }
  const std::vector<std::uint32_t>& batches() const { return batches_; }

 private:
  std::function<double(int)> series_;
  double now_ = 100;
  int launched_ = 0;
  std::vector<std::uint32_t> batches_;
};

std::function<double(int)> constant(double seconds) {
  return [seconds](int) { return seconds; };
}

std::function<double(int)> noisy(double seconds, double relative_deviation) {
  return [=, random = std::mt19937_64(7)](int) mutable {
    return seconds * (1 + relative_deviation * std::normal_distribution<double>()(random));
  };
}

results::record::Settings settings(double target, double budget) {
  results::record::Settings out;
  out.target = target;
  out.budget_seconds = budget;
  return out;
}

WarmUp warm_at(double seconds_per_turn) {
  WarmUp warm;
  warm.seconds_per_turn = seconds_per_turn;
  return warm;
}

TEST(SteadyState, IsReachedByAFlatSeries) {
  SteadyState state(0.02);
  state.add(1);
  state.add(1.01);
  EXPECT_FALSE(state.reached());
  state.add(0.995);
  EXPECT_TRUE(state.reached());
}

TEST(SteadyState, IsNotReachedWhileTimesFall) {
  SteadyState state(0.02);
  for (double window = 1; window > 0.5; window *= 0.95) {
    state.add(window);
    EXPECT_FALSE(state.reached());
  }
}

TEST(SteadyState, IsNotReachedByAJumpUntilTheNewLevelHolds) {
  SteadyState state(0.02);
  state.add(2);
  state.add(2);
  state.add(1);
  EXPECT_FALSE(state.reached());
  state.add(1);
  EXPECT_FALSE(state.reached());
  for (int i = 0; i < 6; ++i) state.add(1);
  EXPECT_TRUE(state.reached());
}

TEST(SteadyState, SeesASlowDriftThatThreeWindowsAloneWouldHide) {
  SteadyState state(0.02);
  double window = 1;
  for (int i = 0; i < 20; ++i) state.add(window *= 0.99);
  EXPECT_FALSE(state.reached());
}

TEST(WarmUp, EndsAfterAFewWindowsOfASteadyDevice) {
  MadeUpDevice device(constant(1e-3));
  const WarmUp warm = warm_up(settings(0.01, 2), device.launcher(), device.clock());
  EXPECT_TRUE(warm.steady);
  EXPECT_EQ(warm.launches, device.launched());
  EXPECT_LT(device.now() - 100, 0.3 * 2);
  EXPECT_NEAR(warm.seconds_per_turn, 1e-3, 1e-9);
  EXPECT_NEAR(warm.launch_seconds, warm.launches * 1e-3, 1e-9);
}

TEST(WarmUp, LeavesOutTheSlowFirstLaunches) {
  MadeUpDevice device([](int launch) { return launch < 40 ? 5e-3 - launch * 1e-4 : 1e-3; });
  const WarmUp warm = warm_up(settings(0.01, 2), device.launcher(), device.clock());
  EXPECT_TRUE(warm.steady);
  EXPECT_GT(warm.launches, 40u);
}

TEST(WarmUp, GivesUpAtItsShareOfTheBudgetAndSaysSo) {
  MadeUpDevice device([](int launch) { return 1e-3 * (1 + launch); });
  const WarmUp warm = warm_up(settings(0.01, 2), device.launcher(), device.clock(), 0.3);
  EXPECT_FALSE(warm.steady);
  EXPECT_GE(device.now() - 100, 0.6);
  EXPECT_LT(device.now() - 100, 0.8);
}

TEST(Sample, StopsAtTheFewestSamplesWhenTheyAgree) {
  MadeUpDevice device(constant(1e-2));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1e-2), device.launcher(), device.clock());
  EXPECT_TRUE(sampled.target_met);
  EXPECT_FALSE(sampled.missed);
  EXPECT_EQ(sampled.device_seconds.size(), 10u);
  EXPECT_THAT(sampled.device_seconds, Each(1e-2));
}

TEST(Sample, GoesOnUntilTheIntervalIsAsNarrowAsAsked) {
  MadeUpDevice device(noisy(1e-3, 0.05));
  const Sampled sampled =
      sample(settings(0.01, 20), 20, warm_at(1e-3), device.launcher(), device.clock());
  EXPECT_TRUE(sampled.target_met);
  EXPECT_LE(sampled.summary.half_width(), 0.01);
  EXPECT_GT(sampled.device_seconds.size(), 30u);
  EXPECT_LT(sampled.device_seconds.size(), 2000u);
}

TEST(Sample, StopsAtTheBudgetAndSaysWhatWasReached) {
  MadeUpDevice device(noisy(1e-2, 0.3));
  const Sampled sampled =
      sample(settings(0.001, 1), 1, warm_at(1e-2), device.launcher(), device.clock());
  EXPECT_FALSE(sampled.target_met);
  ASSERT_TRUE(sampled.missed);
  EXPECT_EQ(sampled.missed->kind, results::record::NoteKind::target_missed);
  EXPECT_THAT(sampled.missed->text, HasSubstr("±0.1% requested"));
  EXPECT_EQ(sampled.missed->figures.at("half_width"), sampled.summary.half_width());
  EXPECT_EQ(sampled.missed->figures.at("asked_half_width"), 0.001);
  EXPECT_EQ(sampled.missed->figures.at("samples"), static_cast<double>(sampled.summary.count));
  EXPECT_NEAR(device.now() - 100, 1, 0.2);
}

TEST(Sample, TellsAHalfWidthApartFromATargetThatItJustMisses) {
  // Two times in turn: the interval of the median reaches from one to the other.
  MadeUpDevice device([](int launch) { return 1 + (launch % 2 == 0 ? 0.01003 : -0.01003); });
  const Sampled sampled =
      sample(settings(0.01, 12), 12, warm_at(1.0), device.launcher(), device.clock());
  ASSERT_TRUE(sampled.missed);
  EXPECT_THAT(sampled.missed->text, HasSubstr("±1.003% reached"));
}

TEST(Sample, SaysThatSamplesAreMissingWhereTheIntervalIsNarrowEnough) {
  MadeUpDevice device(constant(1.0));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1.0), device.launcher(), device.clock());
  EXPECT_FALSE(sampled.target_met);
  ASSERT_TRUE(sampled.missed);
  EXPECT_THAT(sampled.missed->text, HasSubstr("at least 10 samples needed"));
}

TEST(Sample, TakesFiveSamplesOfLongLaunchesButNotBeyondThreeBudgets) {
  MadeUpDevice long_launches(constant(0.4));
  const Sampled five =
      sample(settings(0.01, 1), 1, warm_at(0.4), long_launches.launcher(), long_launches.clock());
  EXPECT_EQ(five.device_seconds.size(), 5u);
  EXPECT_FALSE(five.target_met) << "fewer samples than the minimum";

  MadeUpDevice longer(constant(10));
  const Sampled one = sample(settings(0.01, 1), 1, warm_at(10), longer.launcher(), longer.clock());
  EXPECT_EQ(one.device_seconds.size(), 1u);
}

TEST(Sample, BatchesShortLaunches) {
  MadeUpDevice device(noisy(1e-6, 0.2));
  sample(settings(0.001, 2), 2, warm_at(1e-6), device.launcher(), device.clock());
  EXPECT_GT(device.launched(), 1000);
  EXPECT_LT(device.batches().size(), 60u);
}

TEST(Sample, EndsWithTenThousandSamples) {
  MadeUpDevice device(noisy(1e-6, 0.5));
  const Sampled sampled =
      sample(settings(1e-6, 100), 100, warm_at(1e-6), device.launcher(), device.clock());
  EXPECT_FALSE(sampled.target_met);
  EXPECT_GE(sampled.device_seconds.size(), kMaximumSamples);
  EXPECT_LT(sampled.device_seconds.size(), 2 * kMaximumSamples);
}

}  // namespace
}  // namespace assay::harness::measure
