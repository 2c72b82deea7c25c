#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "results/regress/findings.h"
#include "results/statistics/partition.h"
#include "results/statistics/ramp.h"
#include "results/statistics/step_test.h"
#include "tests/regress/synthetic.h"

namespace assay::results {
namespace {

using synthetic::Course;
using synthetic::history;
using synthetic::Noise;
using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

std::vector<results::regress::HistoryFinding> found(const std::vector<double>& values) {
  return judge_history(values, results::regress::FindingOptions()).findings;
}

/// Stays of some nights at each level, with noise of 0.2%.
std::vector<double> stays(const std::vector<std::pair<double, int>>& all) {
  synthetic::Source source(5);
  std::vector<double> out;
  for (const auto& [level, nights] : all) {
    for (int i = 0; i < nights; ++i) out.push_back(level * (1 + 0.002 * source.normal()));
  }
  return out;
}

TEST(Returned, AreOnlyLevelsThatTheSeriesHadBefore) {
  const auto again = found(stays({{1, 12}, {1.1, 12}, {1, 12}, {1.1, 12}, {1, 12}, {1.1, 15}}));
  ASSERT_FALSE(again.empty());
  EXPECT_TRUE(again.back().returned);
  // Twice it was slow for a time, and now it is slow in another way.
  const auto other = found(stays({{1, 12}, {1.5, 12}, {1, 12}, {1.5, 12}, {1, 12}, {1.1, 15}}));
  ASSERT_FALSE(other.empty());
  EXPECT_EQ(other.back().first, 60U);
  EXPECT_FALSE(other.back().returned);
}

class EveryNoise : public testing::TestWithParam<Noise> {};

TEST_P(EveryNoise, QuietHistoriesTellNothing) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    EXPECT_THAT(found(history(GetParam(), 250, seed)), IsEmpty()) << "seed " << seed;
  }
}

TEST_P(EveryNoise, AStepOfFiveDeviationsIsFoundWhereItIs) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Course course;
    course.step_at = 120;
    course.step = 0.05;
    const auto findings = found(history(GetParam(), 200, seed, course));
    ASSERT_THAT(findings, SizeIs(1)) << "seed " << seed;
    const results::regress::HistoryFinding& step = findings[0];
    EXPECT_EQ(step.kind, results::regress::FindingKind::step);
    EXPECT_TRUE(step.worse());
    EXPECT_FALSE(step.recovered);
    EXPECT_NEAR(static_cast<double>(step.first), 120, 3) << "seed " << seed;
    EXPECT_LE(step.earliest, step.first);
    EXPECT_GE(step.latest, step.first);
    EXPECT_THAT(step.change.interval.lower, Le(0.06));
    EXPECT_THAT(step.change.interval.upper, Ge(0.04));
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryNoise, testing::ValuesIn(synthetic::kNoises),
                         [](const auto& each) {
                           std::string text(name(each.param));
                           std::erase_if(text, [](char c) { return std::isalnum(c) == 0; });
                           return text;
                         });

TEST(Detector, FindsTwoPercentWithinTwentyNightsMostly) {
  int hits = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Course course;
    course.step_at = 120;
    course.step = 0.02;
    hits += found(history(Noise::normal, 140, seed, course)).empty() ? 0 : 1;
  }
  EXPECT_GE(hits, 150);
}

TEST(Detector, FindsSeveralStepsInCorrelatedNoise) {
  std::size_t hits = 0, steps = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    auto values = history(Noise::autocorrelated, 320, seed);
    const std::vector<std::size_t> places = {60, 100, 150, 220, 270};
    for (const std::size_t place : places) {
      for (std::size_t i = place; i < values.size(); ++i) {
        values[i] *= place == 100 || place == 220 ? 1 / 1.05 : 1.05;
      }
    }
    const auto findings = found(values);
    for (const std::size_t place : places) {
      ++steps;
      hits += std::ranges::any_of(findings, [&](const auto& one) {
        return one.first + 3 >= place && one.first <= place + 3;
      });
    }
  }
  EXPECT_GE(hits * 10, steps * 8) << hits << " of " << steps;
}

TEST(Detector, TellsADoublingAtItsSecondNightAndGoesOnTellingIt) {
  for (const std::size_t before : {5U, 10U, 15U, 30U}) {
    Course course;
    course.step_at = before;
    course.step = 1;
    const auto values = history(Noise::normal, before + 12, 9, course);
    EXPECT_THAT(found({values.begin(), values.begin() + static_cast<int>(before) + 1}), IsEmpty());
    for (std::size_t nights = before + 2; nights <= values.size(); ++nights) {
      const auto findings = found({values.begin(), values.begin() + static_cast<int>(nights)});
      ASSERT_THAT(findings, SizeIs(1)) << before << " nights before, looked at after " << nights;
      EXPECT_EQ(findings[0].first, before);
    }
    results::regress::FindingOptions at_once;
    at_once.alert_first = true;
    EXPECT_THAT(judge_history(std::span(values).first(before + 1), at_once).findings, SizeIs(1));
  }
}

TEST(Detector, AShortExcursionThatEndedIsNoFinding) {
  auto values = history(Noise::normal, 200, 10);
  for (std::size_t i = 100; i < 104; ++i) values[i] *= 1.5;
  EXPECT_THAT(found(values), IsEmpty());
}

TEST(Detector, ALevelReachedThroughAShortOneIsTold) {
  // In two stages; and after an excursion to the other side.
  for (const double on_the_way : {1.04, 0.7}) {
    const auto findings = found(stays({{1, 60}, {on_the_way, 3}, {1.1, 12}}));
    ASSERT_THAT(findings, SizeIs(1)) << on_the_way;
    EXPECT_EQ(findings[0].first, 63U);
    EXPECT_NEAR(findings[0].change.value, 0.1, 0.01);
  }
}

TEST(Detector, StrongCorrelationInAShortHistoryIsNoStep) {
  // Histories and nights at which a limit of the correlation that counts what is usual is too low.
  const std::vector<std::pair<std::uint64_t, std::size_t>> looks = {
      {100155, 30}, {100403, 42}, {101847, 60}, {102210, 78}};
  Course course;
  course.deviation = 0.03;
  for (const auto& [seed, night] : looks) {
    const auto values = history(Noise::ar_09, 365, seed, course);
    EXPECT_THAT(found({values.begin(), values.begin() + static_cast<int>(night)}), IsEmpty())
        << "seed " << seed;
  }
}

TEST(Detector, GivesIntervalsThatHoldTheSize) {
  int held = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Course course;
    course.step_at = 100;
    course.step = 0.04;
    for (const results::regress::HistoryFinding& step :
         found(history(Noise::normal, 160, seed, course))) {
      held += step.change.interval.lower <= 0.04 && step.change.interval.upper >= 0.04 ? 1 : 0;
      ++all;
    }
  }
  EXPECT_EQ(all, 60);
  EXPECT_GE(held, 52);  // 95% of 60, minus three standard errors
}

TEST(Detector, LeavesOutWhatIsShownToBeSmaller) {
  Course course;
  course.step_at = 150;
  course.step = 0.01;
  course.deviation = 0.001;
  EXPECT_THAT(found(history(Noise::normal, 300, 1, course)), IsEmpty());
  results::regress::FindingOptions strict;
  strict.minimum_effect = 0.005;
  EXPECT_THAT(judge_history(history(Noise::normal, 300, 1, course), strict).findings, SizeIs(1));
}

TEST(Detector, OneOutlierIsNoFinding) {
  for (const std::size_t at : {0U, 1U, 70U, 148U, 149U}) {
    for (const double factor : {1.5, 20.0, 0.01}) {
      auto values = history(Noise::normal, 150, 3);
      values[at] *= factor;
      EXPECT_THAT(found(values), IsEmpty()) << at << " times " << factor;
    }
  }
}

TEST(Detector, AnImprovementIsNotWorse) {
  Course course;
  course.step_at = 100;
  course.step = -0.05;
  const auto findings = found(history(Noise::normal, 150, 4, course));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_FALSE(findings[0].worse());
}

TEST(Detector, AStepThatWasUndoneIsRecovered) {
  auto values = history(Noise::normal, 200, 5);
  for (std::size_t i = 80; i < 120; ++i) values[i] *= 1.05;
  const auto findings = found(values);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_TRUE(findings[0].worse() && findings[0].recovered);
  EXPECT_FALSE(findings[1].worse());
}

TEST(Detector, ASlowDriftIsNoStaircase) {
  Course course;
  course.drift_from = 60;
  course.drift_to = 260;
  course.drift = 0.08;
  int drifts = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto findings = found(history(Noise::normal, 300, seed, course));
    ASSERT_THAT(findings, testing::Not(IsEmpty())) << "seed " << seed;
    if (findings[0].kind != results::regress::FindingKind::drift) continue;
    ++drifts;
    EXPECT_THAT(findings, SizeIs(1)) << "seed " << seed;
    EXPECT_NEAR(findings[0].change.value, 0.08, 0.02);
  }
  EXPECT_GE(drifts, 9);
}

TEST(Detector, NoiseThatGrewIsAFindingOfItsOwn) {
  Course course;
  course.grown_from = 120;
  course.grown = 3;
  const auto findings = found(history(Noise::normal, 240, 6, course));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind, results::regress::FindingKind::noise);
  EXPECT_FALSE(findings[0].worse());
  EXPECT_NEAR(findings[0].change.value, 2, 1);
}

TEST(Detector, TakesWhateverLengthAHistoryHas) {
  for (std::size_t nights = 0; nights < 40; ++nights) {
    const results::regress::JudgedHistory judged =
        judge_history(history(Noise::normal, nights, 7), results::regress::FindingOptions());
    EXPECT_THAT(judged.findings, IsEmpty());
    EXPECT_EQ(judged.levels.back(), nights);
  }
}

TEST(Detector, EqualValuesHaveNoNoiseToExceed) {
  std::vector<double> values(100, 1e-3);
  EXPECT_THAT(found(values), IsEmpty());
  for (std::size_t i = 60; i < 100; ++i) values[i] = 1.1e-3;
  ASSERT_THAT(found(values), SizeIs(1));
  EXPECT_EQ(found(values)[0].first, 60U);
}

TEST(Detector, SaysTheSameEachTime) {
  Course course;
  course.step_at = 100;
  course.step = 0.03;
  const auto values = history(Noise::heavy_tailed, 200, 8, course);
  const auto first = found(values), second = found(values);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].first, second[i].first);
    EXPECT_EQ(first[i].probability, second[i].probability);
  }
}

TEST(FalseFindings, AreControlledOverAllSeries) {
  const auto with = [](double probability) {
    results::regress::HistoryFinding finding;
    finding.probability = probability;
    return std::vector{finding};
  };
  // 100 nights of times each; the k-th smallest probability of 4 series times 4 / k is compared
  // with 1%.
  std::vector<std::vector<results::regress::HistoryFinding>> findings = {
      with(1e-5), with(4e-5), {}, with(1e-3)};
  const std::vector<std::size_t> nights = {100, 100, 100, 100};
  control_false_findings(findings, nights, 0.01);
  EXPECT_THAT(findings[0], SizeIs(1));
  EXPECT_NEAR(findings[0][0].false_share, 0.004, 1e-12);
  EXPECT_NEAR(findings[1][0].false_share, 0.008, 1e-12);
  EXPECT_THAT(findings[3], IsEmpty());
}

TEST(Partition, GivesOutliersNoLevelOfTheirOwn) {
  std::vector<double> values(60, 0), deviations(60, 1);
  values[20] = 100;
  values[40] = -100;
  const results::statistics::PartitionOptions options{deviations, 0.2};
  EXPECT_THAT(results::statistics::best_partition(values, options).changes, IsEmpty());
  for (std::size_t i = 50; i < 60; ++i) values[i] = 5;
  EXPECT_THAT(results::statistics::best_partition(values, options).changes,
              testing::ElementsAre(50));
}

TEST(StepTest, IsTheKnownOneForIndependentRuns) {
  std::vector<double> values(20, 0), deviations(20, 1);
  for (std::size_t i = 10; i < 20; ++i) values[i] = 2;
  // One run is left out: 9 on one side and 10 on the other.
  EXPECT_NEAR(results::statistics::step_deviations(values, 10, 0, deviations),
              2 / std::sqrt(1.0 / 9 + 1.0 / 10), 1e-9);
  EXPECT_LT(results::statistics::step_deviations(values, 10, 0.5, deviations),
            results::statistics::step_deviations(values, 10, 0, deviations));
}

TEST(StepTest, DoesNotRestOnOneRun) {
  std::vector<double> values(20, 0), deviations(20, 1);
  values[19] = 1000;
  EXPECT_EQ(results::statistics::step_deviations(values, 19, 0.3, deviations), 0);
  EXPECT_LT(std::abs(results::statistics::step_deviations(values, 17, 0.3, deviations)), 1e-6);
}

TEST(TransitionTest, AsksWhetherASeriesStaysAtALevelLongerThanBefore) {
  std::vector<double> values;
  for (int i = 0; i < 60; ++i) values.push_back(i / 3 % 2);
  EXPECT_EQ(results::statistics::transition_probability(std::vector<double>(60, 0.0), 30, 0.5),
            std::nullopt);
  for (int i = 0; i < 3; ++i) values.push_back(1);
  EXPECT_GT(*results::statistics::transition_probability(values, 60, 0.5), 0.1);
  for (int i = 0; i < 20; ++i) values.push_back(1);
  EXPECT_LT(*results::statistics::transition_probability(values, 60, 0.5), 0.01);
}

TEST(Ramps, FitAStraightWayBetweenTwoLevels) {
  std::vector<double> values;
  for (int i = 0; i < 97; ++i) values.push_back(i <= 24 ? 1 : i >= 72 ? 2 : 1 + (i - 24) / 48.0);
  const results::statistics::Ramp ramp = results::statistics::best_ramp(values, 14);
  EXPECT_EQ(ramp.begin, 24U);
  EXPECT_EQ(ramp.end, 72U);
  EXPECT_NEAR(ramp.before, 1, 1e-9);
  EXPECT_NEAR(ramp.after, 2, 1e-9);
  EXPECT_NEAR(ramp.squares, 0, 1e-9);
}

TEST(Ramps, LeaveTheLevelWhereTheStretchIsTooShort) {
  const std::vector<double> values(10, 1.0);
  EXPECT_TRUE(std::isinf(results::statistics::best_ramp(values, 14).squares));
}

}  // namespace
}  // namespace assay::results
