#include "harness/measure/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace assay::harness::measure::sampler_test {
namespace {

using testing::HasSubstr;

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

TEST(WarmUp, EndsAfterAFewWindowsOfASteadyDevice) {
  MadeUpDevice device(constant(1e-3));
  const WarmUp warm = warm_up(settings(0.01, 2), device.launcher(), device.clock());
  EXPECT_EQ(warm.launches, device.launched());
  EXPECT_LT(device.now() - 100, 0.3 * 2);
  EXPECT_NEAR(warm.seconds_per_turn, 1e-3, 1e-9);
  EXPECT_NEAR(warm.launch_seconds, warm.launches * 1e-3, 1e-9);
}

TEST(WarmUp, LeavesOutTheSlowFirstLaunches) {
  MadeUpDevice device([](int launch) { return launch < 40 ? 5e-3 - launch * 1e-4 : 1e-3; });
  const WarmUp warm = warm_up(settings(0.01, 2), device.launcher(), device.clock());
  EXPECT_GT(warm.launches, 40u);
}

TEST(WarmUp, EndsAtItsShareOfTheBudget) {
  MadeUpDevice device([](int launch) { return 1e-3 * (1 + launch); });
  warm_up(settings(0.01, 2), device.launcher(), device.clock(), 0.3);
  EXPECT_GE(device.now() - 100, 0.6);
  EXPECT_LT(device.now() - 100, 0.8);
}

Sampled sample_after_warm_up(MadeUpDevice& device, double target, double budget) {
  const auto asked = settings(target, budget);
  const double start = device.now();
  const WarmUp warm = warm_up(asked, device.launcher(), device.clock());
  return sample(asked, budget - (device.now() - start), warm, device.launcher(), device.clock());
}

TEST(Sample, CoversHalfASecondWhenTheSamplesAgreeAtOnce) {
  MadeUpDevice device(noisy(1e-2, 1e-4));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1e-2), device.launcher(), device.clock());
  EXPECT_TRUE(sampled.target_met);
  EXPECT_TRUE(sampled.steady);
  EXPECT_FALSE(sampled.missed);
  EXPECT_EQ(sampled.launches_per_sample, 1u);
  EXPECT_NEAR(static_cast<double>(sampled.device_seconds.size()), 50, 3);
}

TEST(Sample, HasAsManyLaunchesAsShareOneTime) {
  MadeUpDevice device(noisy(1e-4, 1e-6));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1e-4), device.launcher(), device.clock(), 16);
  EXPECT_EQ(sampled.launches_per_sample, 16u);
  EXPECT_EQ(joined_launches({{kJoinedLaunches, "16"}}), 16u);
  EXPECT_EQ(joined_launches({}), 1u);
}

TEST(Sample, IsNoLongerThanACallWhateverAModuleSaysOfItsLaunches) {
  MadeUpDevice device(noisy(1e-3, 1e-5));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1e-3), device.launcher(), device.clock(), 1u << 31);
  EXPECT_LE(sampled.launches_per_sample, 10u);
}

TEST(Sample, GoesOnUntilTheIntervalIsAsNarrowAsAsked) {
  MadeUpDevice device(noisy(1e-3, 0.05));
  const Sampled sampled =
      sample(settings(0.01, 20), 20, warm_at(1e-3), device.launcher(), device.clock());
  EXPECT_TRUE(sampled.target_met);
  EXPECT_LE(sampled.summary.half_width(), 0.01);
  EXPECT_GE(sampled.summary.effective_count, results::record::kLeastEffectiveCount);
  EXPECT_GT(sampled.device_seconds.size(), 100u);
  EXPECT_LT(sampled.device_seconds.size(), 4000u);
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

TEST(Sample, SaysWhichConditionIsLackingWhereTheIntervalIsNarrowEnough) {
  const auto told = [](double seconds, double budget, std::function<double(int)> series) {
    MadeUpDevice device(std::move(series));
    const Sampled sampled =
        sample(settings(0.01, budget), budget, warm_at(seconds), device.launcher(), device.clock());
    EXPECT_FALSE(sampled.target_met);
    return sampled.missed ? sampled.missed->text : "";
  };
  EXPECT_THAT(told(1, 2, noisy(1, 1e-4)), HasSubstr("at least 10 samples needed"));
  EXPECT_THAT(told(1e-3, 0.3, noisy(1e-3, 1e-4)),
              HasSubstr("launches over at least 500 ms needed"));
  EXPECT_THAT(told(0.1, 2, noisy(0.1, 1e-4)), HasSubstr("independent samples, at least 30 needed"));
  const auto slower = [noise = noisy(1e-3, 1e-4)](int launch) mutable {
    return noise(launch) * (1 + 1e-5 * launch);
  };
  EXPECT_THAT(told(1e-3, 1, slower), HasSubstr("the times had not settled"));
}

TEST(Sample, IsAtLeastHalfATickWide) {
  // A clock that ticks by 10 ns, and launches of 200 ns.
  MadeUpDevice device([random = std::mt19937_64(3)](int) mutable {
    return 1e-9 * std::round((200 + 2 * std::normal_distribution<>()(random)) / 10) * 10;
  });
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(2e-7), device.launcher(), device.clock());
  EXPECT_NEAR(sampled.summary.tick, 1e-8, 1e-12);
  EXPECT_GE(sampled.summary.half_width(), 0.0249);
  ASSERT_TRUE(sampled.missed);
  EXPECT_THAT(sampled.missed->text, HasSubstr("but the clock counts in steps of"));
}

TEST(Sample, DoesNotTrustAClockThatGivesOneTimeOnly) {
  MadeUpDevice device(constant(1e-3));
  const Sampled sampled =
      sample(settings(0.01, 2), 2, warm_at(1e-3), device.launcher(), device.clock());
  EXPECT_FALSE(sampled.target_met);
  EXPECT_DOUBLE_EQ(sampled.summary.half_width(), 0.5);
}

TEST(Sample, TakesFiveSamplesOfLongLaunchesButNotBeyondThreeBudgets) {
  MadeUpDevice long_launches(noisy(0.4, 0.01));
  const Sampled five =
      sample(settings(0.01, 1), 1, warm_at(0.4), long_launches.launcher(), long_launches.clock());
  EXPECT_EQ(five.device_seconds.size(), 5u);
  EXPECT_FALSE(five.target_met) << "fewer samples than the minimum";

  MadeUpDevice longer(constant(10));
  const Sampled one = sample(settings(0.01, 1), 1, warm_at(10), longer.launcher(), longer.clock());
  EXPECT_EQ(one.device_seconds.size(), 1u);
}

TEST(Sample, JoinsShortLaunchesSoThatTheirNumberEndsNoMeasurement) {
  MadeUpDevice device(noisy(1e-6, 0.5));
  const Sampled sampled =
      sample(settings(0.002, 2), 2, warm_at(1e-6), device.launcher(), device.clock());
  EXPECT_TRUE(sampled.target_met) << sampled.summary.half_width();
  EXPECT_GE(sampled.launches_per_sample, 50u);
  EXPECT_GE(device.now() - 100, 0.5);
  EXPECT_LT(device.batches().size(), 250u);
  EXPECT_NEAR(sampled.summary.median, 1e-6, 2e-8);
}

TEST(Sample, JoinsPairsWhenThereAreTooManySamples) {
  MadeUpDevice device(noisy(1e-6, 0.5));
  const Sampled sampled =
      sample(settings(1e-6, 5), 5, warm_at(1e-6), device.launcher(), device.clock());
  EXPECT_FALSE(sampled.target_met);
  EXPECT_LT(sampled.device_seconds.size(), kMaximumSamples);
  EXPECT_GT(sampled.launches_per_sample, 50u);
  const double launches =
      static_cast<double>(sampled.device_seconds.size()) * sampled.launches_per_sample;
  EXPECT_NEAR(launches + sampled.unsettled_launches, device.launched(), 2000);
}

TEST(Sample, LeavesOutLaunchesWhoseTimesStillDrift) {
  double now = 0;
  MadeUpDevice device([&now, random = std::mt19937_64(5)](int) mutable {
    const double seconds =
        1e-3 * (1 + 0.1 * std::exp(-now / 0.1)) * (1 + 0.01 * std::normal_distribution<>()(random));
    now += seconds;
    return seconds;
  });
  const Sampled sampled = sample_after_warm_up(device, 0.01, 5);
  EXPECT_TRUE(sampled.target_met);
  EXPECT_TRUE(sampled.steady);
  EXPECT_GT(sampled.unsettled_launches, 100u);
  EXPECT_GT(sampled.unsettled_seconds, 0.1);
  EXPECT_NEAR(sampled.summary.median, 1e-3, 2e-6);
}

}  // namespace
}  // namespace assay::harness::measure::sampler_test
