#include "results/statistics/equivalence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace assay::results::statistics {
namespace {

constexpr double kMargin = 0.03, kSpread = 0.03;
constexpr std::size_t kTrials = 400;

/// A time about 1 from what was drawn before.
using Draw = std::function<double(std::mt19937_64&)>;

double normal(std::mt19937_64& engine) {
  return std::normal_distribution<>()(engine);
}

Draw correlated() {
  return [state = 0.0](std::mt19937_64& engine) mutable {
    state = 0.5 * state + std::sqrt(0.75) * normal(engine);
    return 1 + kSpread * state;
  };
}

const std::vector<std::pair<const char*, std::function<Draw()>>>& kinds() {
  static const std::vector<std::pair<const char*, std::function<Draw()>>> all = {
      {"normal", [] { return [](auto& e) { return 1 + kSpread * normal(e); }; }},
      {"skewed",
       [] { return [](auto& e) { return 1 + kSpread * std::exponential_distribution<>()(e); }; }},
      {"heavy-tailed",
       [] {
         return [](auto& e) {
           return std::max(0.2, 1 + kSpread * std::student_t_distribution<>(3)(e));
         };
       }},
      {"correlated", correlated}};
  return all;
}

std::vector<double> samples(Draw draw, std::size_t count, double scale, std::mt19937_64& engine) {
  std::vector<double> out(count);
  for (double& value : out) value = scale * draw(engine);
  return out;
}

struct Shares {
  double equivalent = 0, different = 0;
};

/// How often each is said of measurements of `count` samples whose medians are in `ratio`.
Shares shares(const std::function<Draw()>& kind, std::size_t count, double ratio) {
  std::mt19937_64 engine(1);
  Shares out;
  for (std::size_t i = 0; i < kTrials; ++i) {
    const auto a = samples(kind(), count, ratio, engine), b = samples(kind(), count, 1, engine);
    const Agreement agreement = equivalence(a, b, kMargin).agreement;
    out.equivalent += agreement == Agreement::equivalent;
    out.different += agreement == Agreement::different;
  }
  out.equivalent /= kTrials;
  out.different /= kTrials;
  return out;
}

// Of 400 trials at a true rate of 5%, more than 8.5% are seen once in a thousand.
constexpr double kMaximumErrors = 0.085;

TEST(Equivalence, IsSeldomSaidOfADifferenceAsLargeAsTheMargin) {
  for (const auto& [name, kind] : kinds()) {
    EXPECT_LE(shares(kind, 120, 1 + kMargin).equivalent, kMaximumErrors) << name;
    EXPECT_LE(shares(kind, 120, 1 / (1 + kMargin)).equivalent, kMaximumErrors) << name;
  }
}

TEST(Equivalence, DifferenceIsSeldomSaidOfOneNoLargerThanTheMargin) {
  for (const auto& [name, kind] : kinds()) {
    EXPECT_LE(shares(kind, 120, 1 + kMargin).different, kMaximumErrors) << name;
    EXPECT_EQ(shares(kind, 120, 1).different, 0) << name;
  }
}

TEST(Equivalence, IsSaidOfEqualTimesWhereSamplesSuffice) {
  for (const auto& [name, kind] : kinds()) {
    EXPECT_GE(shares(kind, 100, 1).equivalent, 0.85) << name;
  }
}

TEST(Equivalence, DifferenceIsSaidWhereItIsPlain) {
  for (const auto& [name, kind] : kinds()) {
    EXPECT_GE(shares(kind, 100, 1.06).different, 0.85) << name;
  }
}

/// How often each is said of runs that vary by 2% from one to the next, `runs` of them over one.
Shares shares_of_runs(std::size_t runs, double ratio, double margin, std::size_t runs_there = 1) {
  std::mt19937_64 engine(1);
  const auto run = [&](double scale) {
    return samples(kinds()[0].second(), 60, scale * std::exp(0.02 * normal(engine)), engine);
  };
  Shares out;
  for (std::size_t i = 0; i < kTrials; ++i) {
    std::vector<std::vector<double>> here;
    for (std::size_t j = 0; j < runs; ++j) here.push_back(run(ratio));
    std::vector<std::vector<double>> there;
    for (std::size_t j = 0; j < runs_there; ++j) there.push_back(run(1));
    const Agreement agreement = equivalence(here, there, margin).agreement;
    out.equivalent += agreement == Agreement::equivalent;
    out.different += agreement == Agreement::different;
  }
  out.equivalent /= kTrials;
  out.different /= kTrials;
  return out;
}

TEST(Equivalence, OfSeveralRunsOnBothSidesTakesBothIntoAccount) {
  for (const auto& [here, there] : {std::pair{3u, 3u}, {1u, 3u}, {3u, 5u}}) {
    EXPECT_LE(shares_of_runs(here, 1 + kMargin, kMargin, there).different, kMaximumErrors)
        << here << " " << there;
    EXPECT_LE(shares_of_runs(here, 1 + kMargin, kMargin, there).equivalent, kMaximumErrors)
        << here << " " << there;
    EXPECT_GE(shares_of_runs(here, 1.3, kMargin, there).different, 0.85) << here << " " << there;
  }
}

TEST(Equivalence, OfSeveralRunsTakesWhatVariesBetweenThemIntoAccount) {
  EXPECT_GT(shares_of_runs(1, 1 + kMargin, kMargin).different, 2 * kMaximumErrors);
  for (const std::size_t runs : {3u, 5u}) {
    EXPECT_LE(shares_of_runs(runs, 1 + kMargin, kMargin).different, kMaximumErrors) << runs;
    EXPECT_LE(shares_of_runs(runs, 1 + kMargin, kMargin).equivalent, kMaximumErrors) << runs;
    EXPECT_GE(shares_of_runs(runs, 1, 0.15).equivalent, 0.85) << runs;
    EXPECT_GE(shares_of_runs(runs, 1.3, kMargin).different, 0.85) << runs;
  }
}

TEST(Equivalence, IsUndecidedWithoutAnInterval) {
  const std::vector<double> none, one = {1}, two = {1, 1};
  for (const auto& few : {none, one}) {
    EXPECT_EQ(equivalence(few, two, kMargin).agreement, Agreement::undecided);
    EXPECT_EQ(equivalence(two, few, kMargin).agreement, Agreement::undecided);
  }
  EXPECT_EQ(equivalence(std::vector<double>(40, 0.0), two, kMargin).agreement,
            Agreement::undecided);
}

TEST(Equivalence, IsTheSameWhicheverComesFirst) {
  std::mt19937_64 engine(3);
  const auto a = samples(kinds()[1].second(), 60, 1.01, engine);
  const auto b = samples(kinds()[1].second(), 50, 1, engine);
  const EquivalenceTest ab = equivalence(a, b, kMargin), ba = equivalence(b, a, kMargin);
  EXPECT_EQ(ab.agreement, ba.agreement);
  EXPECT_NEAR(ab.interval.lower * ba.interval.upper, 1, 1e-9);
  EXPECT_NEAR(ab.interval.upper * ba.interval.lower, 1, 1e-9);
}

}  // namespace
}  // namespace assay::results::statistics
