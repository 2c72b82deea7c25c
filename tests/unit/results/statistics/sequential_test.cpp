#include "results/statistics/sequential.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace assay::results::statistics::sequential_test {
namespace {

using Draw = std::function<double(std::mt19937_64&)>;

constexpr double kScale = 0.02, kError = 0.01;

double normal(std::mt19937_64& engine) {
  return std::normal_distribution<>()(engine);
}
double heavy(std::mt19937_64& engine) {
  return std::student_t_distribution<>(1.5)(engine);
}
double two_modes(std::mt19937_64& engine) {
  return (engine() % 2 == 0 ? 1 : -1) * (1 + 0.05 * normal(engine));
}

TEST(SequentialInterval, IsUnlimitedUntilSignsAloneCanRefute) {
  SequentialInterval interval(kScale, kError);
  for (int i = 0; i < 7; ++i) interval.add(0.5);
  EXPECT_TRUE(std::isinf(interval.interval().lower));
  EXPECT_TRUE(std::isinf(interval.interval().upper));
  for (int i = 0; i < 4; ++i) interval.add(0.5);  // 2^11 = 2048 of 2 / error = 200
  EXPECT_TRUE(interval.excludes(0));
  EXPECT_FALSE(interval.excludes(0.5));
}

TEST(SequentialInterval, HasTheCentreOfItsDifferencesInSpiteOfOutliers) {
  SequentialInterval interval(kScale, kError);
  EXPECT_EQ(interval.centre(), 0);
  for (int i = -10; i <= 10; ++i) interval.add(0.03 + 0.001 * i);
  EXPECT_NEAR(interval.centre(), 0.03, 1e-5);
  interval.add(5);
  EXPECT_NEAR(interval.centre(), 0.03, 0.002);
}

TEST(SequentialInterval, NarrowsAndNeverWidens) {
  std::mt19937_64 engine(5);
  SequentialInterval interval(kScale, kError);
  Interval before = interval.interval();
  for (int i = 0; i < 60; ++i) {
    interval.add(0.02 + 0.01 * normal(engine));
    EXPECT_GE(interval.interval().lower, before.lower);
    EXPECT_LE(interval.interval().upper, before.upper);
    before = interval.interval();
  }
  EXPECT_GT(before.lower, 0);
  EXPECT_LT(before.upper - before.lower, 0.02);
}

TEST(SequentialInterval, IsTheMirrorImageForMirroredDifferences) {
  std::mt19937_64 engine(6);
  SequentialInterval one(kScale, kError), other(kScale, kError);
  for (int i = 0; i < 30; ++i) {
    const double difference = 0.01 + 0.02 * normal(engine);
    one.add(difference);
    other.add(-difference);
  }
  EXPECT_NEAR(one.interval().lower, -other.interval().upper, 1e-5);
  EXPECT_NEAR(one.interval().upper, -other.interval().lower, 1e-5);
}

TEST(SequentialInterval, SaysThatDifferencesWithoutOneCentreContradictIt) {
  SequentialInterval interval(kScale, kError);
  for (int i = 0; i < 40; ++i) interval.add(0.2);
  EXPECT_FALSE(interval.contradictory());
  for (int i = 0; i < 80; ++i) interval.add(-0.2);
  EXPECT_TRUE(interval.contradictory());
}

/// The share of series whose interval ever excludes their true centre, with a look after each
/// difference. `spread` is in units of the scale.
double misses(const Draw& draw, double spread) {
  constexpr int kTrials = 300, kDifferences = 30;
  std::mt19937_64 engine(11);
  int missed = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    SequentialInterval interval(kScale, kError);
    for (int i = 0; i < kDifferences; ++i) interval.add(0.01 + spread * kScale * draw(engine));
    missed += interval.excludes(0.01) ? 1 : 0;
  }
  return static_cast<double>(missed) / kTrials;
}

TEST(SequentialInterval, HoldsTheCentreAtAllLooksTogether) {
  // 1% of 300 and three standard deviations of the count.
  for (const double spread : {0.05, 0.5, 5.0}) EXPECT_LE(misses(normal, spread), 0.027) << spread;
  EXPECT_LE(misses(heavy, 0.5), 0.027);
  EXPECT_LE(misses(two_modes, 0.5), 0.027);
}

}  // namespace
}  // namespace assay::results::statistics::sequential_test
