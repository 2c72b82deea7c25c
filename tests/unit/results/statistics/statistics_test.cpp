#include "results/statistics/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace assay::results::statistics::statistics_test {
namespace {

using testing::Pair;

using Draw = std::function<double(std::mt19937_64&)>;

double normal(std::mt19937_64& engine) {
  return 10 + std::normal_distribution<>()(engine);
}
double lognormal(std::mt19937_64& engine) {
  return std::exp(std::normal_distribution<>()(engine));
}
double bimodal(std::mt19937_64& engine) {
  return (engine() % 10 < 7 ? 1.0 : 2.0) + 0.1 * std::normal_distribution<>()(engine);
}

bool covers(const Interval& interval, double value) {
  return interval.lower <= value && value <= interval.upper;
}

using Bounds = std::function<Interval(const std::vector<double>&)>;

/// How often the interval of `size` samples' median holds the true one.
double coverage(const Bounds& bounds, const Draw& draw, std::size_t size, double truth) {
  constexpr int kTrials = 1000;
  std::mt19937_64 engine(size);
  int hits = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> samples(size);
    for (double& sample : samples) sample = draw(engine);
    hits += covers(bounds(samples), truth);
  }
  return static_cast<double>(hits) / kTrials;
}

void expect_honest(const Bounds& bounds, std::size_t size, double least) {
  std::mt19937_64 engine(7);
  std::vector<double> many(300000);
  for (double& sample : many) sample = bimodal(engine);
  EXPECT_GE(coverage(bounds, normal, size, 10), least) << size;
  EXPECT_GE(coverage(bounds, lognormal, size, 1), least) << size;
  EXPECT_GE(coverage(bounds, bimodal, size, median(many)), least) << size;
}

/// P(Bin(n, 1/2) < count), summed term by term.
double fewer_heads(std::size_t n, std::size_t count) {
  double term = std::exp2(-static_cast<double>(n)), sum = 0;
  for (std::size_t heads = 0; heads < count; ++heads) {
    sum += term;
    term *= static_cast<double>(n - heads) / static_cast<double>(heads + 1);
  }
  return sum;
}

/// An autoregressive series about 100 whose neighbours correlate by `rho`.
std::vector<double> correlated(std::mt19937_64& engine, std::size_t size, double rho) {
  std::normal_distribution<> noise;
  double state = noise(engine);
  std::vector<double> out(size);
  for (double& sample : out) {
    state = rho * state + std::sqrt(1 - rho * rho) * noise(engine);
    sample = 100 + state;
  }
  return out;
}

TEST(Median, IsTheMiddleOfAnOddCountAndBetweenTheMiddlesOfAnEvenOne) {
  EXPECT_EQ(median(std::vector<double>{3, 1, 2}), 2);
  EXPECT_EQ(median(std::vector<double>{4, 1, 3, 2}), 2.5);
}

TEST(Quantile, InterpolatesAsTypeSevenDoes) {
  const std::vector<double> samples = {40, 10, 30, 20};
  EXPECT_DOUBLE_EQ(quantile(samples, 0), 10);
  EXPECT_DOUBLE_EQ(quantile(samples, 0.25), 17.5);
  EXPECT_DOUBLE_EQ(quantile(samples, 1), 40);
}

TEST(MedianRanks, AreThoseOfTheBinomialTables) {
  // Le Boudec 2010, table A.1, and the formula beneath it from 71 samples on.
  EXPECT_THAT(median_ranks(6, 0.95), Pair(1, 6));
  EXPECT_THAT(median_ranks(8, 0.95), Pair(1, 8));
  EXPECT_THAT(median_ranks(9, 0.95), Pair(2, 8));
  EXPECT_THAT(median_ranks(10, 0.95), Pair(2, 9));
  EXPECT_THAT(median_ranks(20, 0.95), Pair(6, 15));
  EXPECT_THAT(median_ranks(70, 0.95), Pair(27, 44));
  EXPECT_THAT(median_ranks(100, 0.95), Pair(40, 61));
  EXPECT_THAT(median_ranks(100, 0.99), Pair(37, 64));
}

TEST(MedianRanks, AreTheOutermostWhereNoneSuffice) {
  EXPECT_THAT(median_ranks(5, 0.95), Pair(1, 5));
  EXPECT_THAT(median_ranks(1, 0.95), Pair(1, 1));
}

TEST(MedianRanks, ReachTheConfidenceByTheBinomialDistributionAndTheNextOnesWithinDoNot) {
  for (const std::size_t n : {6u, 10u, 17u, 20u, 33u, 50u}) {
    const auto [low, high] = median_ranks(n, 0.95);
    EXPECT_EQ(low + high, n + 1);
    EXPECT_LE(fewer_heads(n, low), 0.025) << "rank " << low << " of " << n;
    EXPECT_GT(fewer_heads(n, low + 1), 0.025) << "rank " << low + 1 << " of " << n << " would do";
  }
}

TEST(MedianInterval, TakesTheOrderStatisticsOfItsRanks) {
  std::vector<double> samples(100);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<double>((i * 37) % 100);
  const Interval interval = median_interval(samples, 0.95, 100);
  EXPECT_EQ(interval.lower, 39);
  EXPECT_EQ(interval.upper, 60);
}

TEST(MedianInterval, WidensByTheRootOfTheLostSamplesAndByStudentsQuantile) {
  std::vector<double> samples(100);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<double>(i + 1);
  const Interval interval = median_interval(samples, 0.95, 25);
  // 10.5 ranks from the middle, 50.5, times 2, times 2.064 / 1.960 of 24 degrees of freedom;
  // outwards
  EXPECT_EQ(interval.lower, 28);
  EXPECT_EQ(interval.upper, 73);
}

TEST(Summary, IntervalHoldsTheTrueMedianAsOftenAsItSays) {
  const auto bounds = [](const auto& samples) { return summarize(samples).interval; };
  for (const std::size_t size : {6u, 10u, 20u, 60u, 300u}) expect_honest(bounds, size, 0.94);
}

TEST(Summary, IntervalOfCorrelatedSamplesStillHoldsTheTrueMedian) {
  std::mt19937_64 engine(3);
  int with = 0, without = 0;
  constexpr int kTrials = 500;
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::vector<double> samples = correlated(engine, 200, 0.6);
    with += covers(summarize(samples).interval, 100);
    without += covers(median_interval(samples, 0.95, 200), 100);
  }
  EXPECT_GE(with, 0.93 * kTrials);
  EXPECT_LE(without, 0.85 * kTrials) << "the series is not correlated enough to test anything";
}

TEST(EffectiveCount, OfAnAutoregressiveSeriesIsTheOneThatTheoryGives) {
  // Sides of the median correlate by 2/pi asin(rho^k) (the arcsine law).
  double sum = 0;
  for (int lag = 1; lag < 100; ++lag) sum += 2 / M_PI * std::asin(std::pow(0.6, lag));
  std::mt19937_64 engine(5);
  const double share = effective_count(correlated(engine, 100000, 0.6)) / 100000;
  EXPECT_NEAR(share, 1 / (1 + 2 * sum), 0.03);
}

TEST(EffectiveCount, OfIndependentSamplesIsNearlyAllOfThem) {
  std::mt19937_64 engine(5);
  std::vector<double> samples(10000);
  for (double& sample : samples) sample = normal(engine);
  EXPECT_GT(effective_count(samples), 9000);
  EXPECT_LE(effective_count(samples), 10000);
}

TEST(EffectiveCount, OfADriftIsAHandful) {
  std::vector<double> samples(1000);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = 1 + 1e-4 * static_cast<double>(i);
  EXPECT_LT(effective_count(samples), 10);
}

TEST(EffectiveCount, IsNotRaisedByOutliers) {
  std::mt19937_64 engine(5);
  std::vector<double> samples = correlated(engine, 2000, 0.9);
  const double before = effective_count(samples);
  for (std::size_t i = 0; i < samples.size(); i += 97) samples[i] = 1e6;
  EXPECT_LT(effective_count(samples), 1.5 * before);
}

TEST(EffectiveCount, OfEqualOrAlternatingSamplesIsTheirNumber) {
  EXPECT_EQ(effective_count(std::vector<double>(50, 3.0)), 50);
  std::vector<double> alternating(50);
  for (std::size_t i = 0; i < 50; ++i) alternating[i] = i % 2 == 0 ? 1 : 2;
  EXPECT_EQ(effective_count(alternating), 50);
}

TEST(ClockTick, IsTheSmallestDifferenceThatIsNoRoundingError) {
  EXPECT_NEAR(clock_tick(std::vector<double>{3e-3, 1e-3, 2e-3, 1e-3 + 1e-14}), 1e-3, 1e-12);
  EXPECT_EQ(clock_tick(std::vector<double>{1e-3, 1e-3 + 1e-14, 1e-3}), 1e-3);
  EXPECT_EQ(clock_tick(std::vector<double>{1e-3}), 0);
}

TEST(Summary, OfNothingIsZeroAndItsWidthUnknown) {
  const Summary summary = summarize({});
  EXPECT_EQ(summary.count, 0u);
  EXPECT_EQ(summary.median, 0);
  EXPECT_TRUE(std::isinf(summary.half_width()));
}

TEST(Summary, OfOneSampleClaimsNoConfidence) {
  const Summary summary = summarize(std::vector<double>{2.5});
  EXPECT_EQ(summary.median, 2.5);
  EXPECT_EQ(summary.interval.lower, 2.5);
  EXPECT_EQ(summary.confidence, 0);
  EXPECT_EQ(summary.standard_deviation, 0);
  EXPECT_TRUE(std::isinf(summary.half_width()));
}

TEST(Summary, OfTwoSamplesIsHalfSure) {
  const Summary summary = summarize(std::vector<double>{1, 3});
  EXPECT_EQ(summary.median, 2);
  EXPECT_EQ(summary.interval.lower, 1);
  EXPECT_EQ(summary.interval.upper, 3);
  EXPECT_EQ(summary.confidence, 0.5);
  EXPECT_DOUBLE_EQ(summary.half_width(), 0.5);
}

TEST(Summary, OfEqualSamplesHasNoWidth) {
  for (const double value : {0.0, 4.0}) {
    const Summary summary = summarize(std::vector<double>(12, value));
    EXPECT_EQ(summary.half_width(), 0);
    EXPECT_EQ(summary.confidence, 0.95);
    EXPECT_EQ(summary.standard_deviation, 0);
  }
}

TEST(Summary, OfAModelHasOneFigureAndClaimsNoInterval) {
  const Summary summary = summary_of_model(4);
  EXPECT_EQ(summary.median, 4);
  EXPECT_EQ(summary.count, 0u);
  EXPECT_EQ(summary.confidence, 0);
  EXPECT_EQ(summary.effective_count, 0);
  EXPECT_TRUE(std::isinf(summary.half_width()));
  for (const double unknown :
       {summary.interval.lower, summary.interval.upper, summary.mean, summary.standard_deviation,
        summary.minimum, summary.maximum, summary.percentile_5, summary.percentile_95}) {
    EXPECT_TRUE(std::isnan(unknown));
  }
}

TEST(Summary, KnowsTheMoments) {
  std::vector<double> samples;
  for (int i = 0; i <= 100; ++i) samples.push_back((i * 37) % 101);
  const Summary summary = summarize(samples);
  EXPECT_EQ(summary.count, 101u);
  EXPECT_EQ(summary.median, 50);
  EXPECT_EQ(summary.mean, 50);
  EXPECT_NEAR(summary.standard_deviation, std::sqrt(101.0 * 102 / 12), 1e-12);
  EXPECT_EQ(summary.minimum, 0);
  EXPECT_EQ(summary.maximum, 100);
  EXPECT_EQ(summary.percentile_5, 5);
  EXPECT_EQ(summary.percentile_95, 95);
}

}  // namespace
}  // namespace assay::results::statistics::statistics_test
