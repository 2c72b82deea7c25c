#include "results/statistics/ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace assay::results::statistics {
namespace {

using Draw = std::function<double(std::mt19937_64&)>;

double lognormal(std::mt19937_64& engine) {
  return std::exp(0.3 * std::normal_distribution<>()(engine));
}
double bimodal(std::mt19937_64& engine) {
  return (engine() % 10 < 7 ? 1.0 : 1.4) * (1 + 0.02 * std::normal_distribution<>()(engine));
}

double true_median(const Draw& draw) {
  std::mt19937_64 engine(1);
  std::vector<double> many(400001);
  for (double& sample : many) sample = draw(engine);
  return median(many);
}

std::vector<double> drawn(const Draw& draw, std::size_t size, std::mt19937_64& engine) {
  std::vector<double> samples(size);
  for (double& sample : samples) sample = draw(engine);
  return samples;
}

Summary summary_of(double lower, double median, double upper) {
  Summary summary;
  summary.count = 1000000;  // so many that ranks reach their confidence closely
  summary.effective_count = 1e6;
  summary.median = median;
  summary.interval = {lower, upper};
  return summary;
}

/// Of so many campaigns, the share whose interval holds the truth.
constexpr int kCampaigns = 2000;

double coverage(const Draw& above, const Draw& below, std::size_t size) {
  const double truth = true_median(above) / true_median(below);
  std::mt19937_64 engine(17);
  int hits = 0;
  for (int campaign = 0; campaign < kCampaigns; ++campaign) {
    const Ratio ratio = ratio_of_medians(summarize(drawn(above, size, engine)),
                                         summarize(drawn(below, 2 * size, engine)));
    hits += ratio.interval.lower <= truth && truth <= ratio.interval.upper;
  }
  return static_cast<double>(hits) / kCampaigns;
}

TEST(RatioOfMedians, HoldsTheTrueRatioInNinetyThreeToNinetyNineCampaignsOfAHundred) {
  const std::vector<std::pair<Draw, Draw>> pairs = {
      {lognormal, lognormal}, {lognormal, bimodal}, {bimodal, bimodal}};
  for (const auto& [above, below] : pairs) {
    for (const std::size_t size : {40u, 120u}) {
      const double share = coverage(above, below, size);
      EXPECT_GE(share, 0.93) << size;
      EXPECT_LE(share, 0.99) << size;
    }
  }
}

TEST(RatioOfMedians, OfCorrelatedTimesIsAsSureAsItSays) {
  std::mt19937_64 engine(3);
  const auto series = [&] {
    std::normal_distribution<> noise;
    double state = noise(engine);
    std::vector<double> samples(200);
    for (double& sample : samples) {
      state = 0.6 * state + 0.8 * noise(engine);
      sample = 100 + state;
    }
    return samples;
  };
  int hits = 0;
  constexpr int kTrials = 1000;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Ratio ratio = ratio_of_medians(summarize(series()), summarize(series()));
    hits += ratio.interval.lower <= 1 && 1 <= ratio.interval.upper;
  }
  EXPECT_GE(hits, 0.93 * kTrials);
  EXPECT_LE(hits, 0.98 * kTrials);
}

TEST(RatioOfMedians, AddsTheDistancesOfTheSidesThatPullTheSameWay) {
  // On logarithms base 2: 3 (reaching 1 down, 2 up) less 1 (4 down, 3 up).
  const Ratio ratio = ratio_of_medians(summary_of(4, 8, 32), summary_of(1.0 / 8, 2, 16));
  EXPECT_NEAR(ratio.value, 4, 1e-12);
  EXPECT_NEAR(std::log2(ratio.interval.lower), 2 - std::hypot(1, 3), 5e-3);
  EXPECT_NEAR(std::log2(ratio.interval.upper), 2 + std::hypot(2, 4), 5e-3);
}

TEST(RatioOfMedians, StretchesTheIntervalOfTooFewSamples) {
  Summary few = summary_of(4, 8, 16);
  few.confidence = 0.5;
  const Ratio wide = ratio_of_medians(few, summary_of(1, 1, 1));
  // Quantiles of the normal distribution: 1.95996 at 95%, 0.67449 at 50%.
  EXPECT_NEAR(std::log2(wide.interval.upper), 3 + 1.95996 / 0.67449, 2e-2);
}

TEST(RatioOfMedians, TurnedOverIsTheInverse) {
  const Summary a = summary_of(4, 8, 32), b = summary_of(1, 2, 3);
  const Ratio over = inverse(ratio_of_medians(a, b)), under = ratio_of_medians(b, a);
  EXPECT_NEAR(over.value, under.value, 1e-12);
  EXPECT_NEAR(over.interval.lower, under.interval.lower, 1e-12);
  EXPECT_NEAR(over.interval.upper, under.interval.upper, 1e-12);
}

TEST(RatioOfProcesses, IsThatOfWelch) {
  // Logarithms 0, 1, 2 against 3, 3, 6: means 1 and 4, variances 1 and 3 of three values each.
  const auto powers = [](std::vector<double> logs) {
    for (double& one : logs) one = std::exp(one);
    return logs;
  };
  const Ratio ratio = ratio_of_processes(powers({0, 1, 2}), powers({3, 3, 6}));
  EXPECT_NEAR(std::log(ratio.value), -3, 1e-12);
  // Variance 4 / 3, 3.2 degrees of freedom, whose 97.5% quantile is 3.0749 (tables interpolate).
  EXPECT_NEAR(std::log(ratio.interval.upper) + 3, 3.0749 * std::sqrt(4.0 / 3), 0.02);
  EXPECT_NEAR(std::log(ratio.interval.lower) + 3, -3.0749 * std::sqrt(4.0 / 3), 0.02);
}

TEST(RatioOfProcesses, OfTwoProcessesHasNoInterval) {
  const Ratio ratio =
      ratio_of_processes(std::vector<double>{1, 2}, std::vector<double>{1, 1, 1, 1});
  EXPECT_FALSE(ratio.has_interval());
  EXPECT_NEAR(ratio.value, std::sqrt(2), 1e-12);
}

TEST(RatioOfProcesses, DoesNotTakeWhatVariesBetweenRunsForADifference) {
  std::mt19937_64 engine(5);
  std::normal_distribution<> noise(0, 0.01);
  for (const std::size_t count : {3u, 5u, 10u}) {
    int told = 0;
    constexpr int kPairs = 4000;
    for (int pair = 0; pair < kPairs; ++pair) {
      std::vector<double> a(count), b(count);
      for (double& one : a) one = std::exp(noise(engine));
      for (double& one : b) one = std::exp(noise(engine));
      told += difference_of(ratio_of_processes(a, b)) != Difference::none_shown;
    }
    EXPECT_LE(told, 0.06 * kPairs) << count;
    EXPECT_GE(told, 0.02 * kPairs) << count;
  }
}

TEST(HasInterval, WantsTwoSamplesAndAnIntervalAboveZero) {
  EXPECT_TRUE(has_interval(summary_of(1, 2, 3)));
  Summary one = summary_of(2, 2, 2);
  one.count = 1;
  EXPECT_FALSE(has_interval(one));
  EXPECT_FALSE(has_interval(summary_of(0, 2, 3)));
  EXPECT_FALSE(has_interval(summary_of(1, 2, std::nan(""))));
  EXPECT_FALSE(has_interval(Summary{}));
}

TEST(GeometricMean, NarrowsAsTheRootOfIndependentRatios) {
  const Ratio one{2, {1, 4}};
  const Ratio mean = geometric_mean(std::vector<Ratio>(4, one));
  EXPECT_NEAR(mean.value, 2, 1e-12);
  EXPECT_NEAR(std::log2(mean.interval.lower), 1 - 0.5, 1e-12);
  EXPECT_NEAR(std::log2(mean.interval.upper), 1 + 0.5, 1e-12);
}

TEST(GeometricMean, WeighsLogarithms) {
  const std::vector<Ratio> ratios = {{4, {4, 4}}, {1, {0.5, 2}}};
  const Ratio mean = geometric_mean(ratios, std::vector<double>{3, 1});
  EXPECT_NEAR(std::log2(mean.value), 2 * 3.0 / 4, 1e-12);
  EXPECT_NEAR(std::log2(mean.interval.lower), 1.5 - 0.25, 1e-12);
}

TEST(GeometricMean, HoldsTheTrueMeanAsOftenAsItSays) {
  const double truth = true_median(lognormal) / true_median(bimodal);
  std::mt19937_64 engine(23);
  int hits = 0;
  constexpr int kTrials = 500;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<Ratio> ratios;
    for (int problem = 0; problem < 6; ++problem) {
      ratios.push_back(ratio_of_medians(summarize(drawn(lognormal, 60, engine)),
                                        summarize(drawn(bimodal, 60, engine))));
    }
    const Ratio mean = geometric_mean(ratios);
    hits += mean.interval.lower <= truth && truth <= mean.interval.upper;
  }
  EXPECT_GE(hits, 0.93 * kTrials);
  EXPECT_LT(hits, kTrials) << "an interval that never misses is too wide";
}

TEST(Difference, IsShownWhereTheIntervalLeavesOutOne) {
  EXPECT_EQ(difference_of({1.1, {1.01, 1.2}}), Difference::faster);
  EXPECT_EQ(difference_of({0.9, {0.8, 0.99}}), Difference::slower);
  EXPECT_EQ(difference_of({1.1, {1, 1.2}}), Difference::none_shown);
  EXPECT_EQ(difference_of({1.1, {0.9, 1.2}}), Difference::none_shown);
}

}  // namespace
}  // namespace assay::results::statistics
