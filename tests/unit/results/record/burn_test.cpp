#include "results/record/burn.h"

#include <gtest/gtest.h>

#include <random>

namespace assay::results::record {
namespace {

/// A burn whose launches take `times` in each second, of a measurement known to ±half_width.
Record burnt(const std::vector<double>& times, double half_width = 0.01) {
  Record record;
  record.summary.count = 100;
  record.summary.median = 1;
  record.summary.interval = {1 - half_width, 1 + half_width};
  for (const double time : times) {
    record.course.push_back({.seconds = 1, .launches = 1 / time, .launch_seconds = 1});
  }
  return record;
}

std::vector<double> noisy(std::size_t seconds, double first, double second) {
  std::mt19937_64 random(3);
  std::vector<double> times;
  for (std::size_t i = 0; i < seconds; ++i) {
    const double time = i < seconds / 2 ? first : second;
    times.push_back(time * (1 + 0.002 * std::normal_distribution<double>()(random)));
  }
  return times;
}

TEST(BurnTrend, IsAbsentWithTooFewSeconds) {
  EXPECT_FALSE(burn_trend(Record{}).has_value());
  EXPECT_FALSE(burn_trend(burnt({0.1, 0.1, 0.1})).has_value());
  EXPECT_TRUE(burn_trend(burnt({0.1, 0.1, 0.1, 0.1})).has_value());
}

TEST(BurnTrend, SeesABoostThatFades) {
  const auto trend = burn_trend(burnt(noisy(60, 0.1, 0.11)));
  ASSERT_TRUE(trend.has_value());
  EXPECT_TRUE(trend->faded);
  EXPECT_NEAR(trend->change, 1 / 1.1 - 1, 0.003);
  EXPECT_GT(trend->ratio.lower, 1.08);
}

TEST(BurnTrend, DoesNotTakeNoiseOrASpeedUpForFading) {
  EXPECT_FALSE(burn_trend(burnt(noisy(60, 0.1, 0.1)))->faded);
  EXPECT_FALSE(burn_trend(burnt(noisy(60, 0.11, 0.1)))->faded);
}

TEST(BurnTrend, IgnoresALossWithinTheMeasurementsInterval) {
  EXPECT_TRUE(burn_trend(burnt(noisy(60, 0.1, 0.103), 0.01))->faded);
  EXPECT_FALSE(burn_trend(burnt(noisy(60, 0.1, 0.103), 0.05))->faded);
}

}  // namespace
}  // namespace assay::results::record
