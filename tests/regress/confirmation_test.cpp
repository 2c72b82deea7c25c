#include "results/regress/confirmation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/regress/regress.h"
#include "tests/regress/synthetic.h"

namespace assay::results::regress {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

HistoryFinding doubled() {
  HistoryFinding out;
  out.before = 1;
  out.after = 2;
  out.change.value = 1;
  return out;
}

Confirmation judged(const std::vector<double>& values, const std::vector<Control>& controls = {}) {
  return judge_again(doubled(), values, controls).outcome;
}

TEST(JudgedAgain, AsksOnWhichSideOfTheMiddleTheProcessesLie) {
  EXPECT_EQ(judged({2.0, 1.98, 2.03}), Confirmation::confirmed);
  EXPECT_EQ(judged({1.0, 1.01, 0.99}), Confirmation::back);
  EXPECT_EQ(judged({1.0, 2.0, 1.5}), Confirmation::between);
  EXPECT_EQ(judged({2.0, 2.0}), Confirmation::none) << "too few processes";
  EXPECT_EQ(judged({}), Confirmation::none);
}

TEST(JudgedAgain, IsTheMachineIfHalfOfTheControlsMovedAsWell) {
  const Control still{5, {5, 5.1, 4.9}}, slower{5, {9, 9, 9}}, faster{5, {2, 2, 2}};
  EXPECT_EQ(judged({2, 2, 2}, {still, slower}), Confirmation::machine);
  EXPECT_EQ(judged({2, 2, 2}, {still, still, slower}), Confirmation::confirmed);
  EXPECT_EQ(judged({2, 2, 2}, {faster}), Confirmation::confirmed);
  EXPECT_EQ(judged({1, 1, 1}, {slower}), Confirmation::back);
  const Control one_slow{5, {5, 5, 27}};
  EXPECT_EQ(judged({2, 2, 2}, {one_slow}), Confirmation::confirmed) << "its interval holds 5";
  EXPECT_EQ(
      judge_again(doubled(), std::vector{2.0, 2.0, 2.0}, std::vector{Control{5, {9}}}).controls,
      0U);
}

Series series_of_nights(const std::string& problem, double last, std::size_t nights = 20) {
  synthetic::Course course;
  course.step_at = nights - 2;
  course.step = last - 1;
  Series out;
  out.device = "cpu Example";
  out.problem = problem;
  const auto values = synthetic::history(synthetic::Noise::normal, nights, 3, course);
  for (std::size_t i = 0; i < nights; ++i) {
    HistoryRun run;
    run.run = "night" + std::to_string(i);
    run.started = "2025-01-" + std::to_string(10 + i);
    run.value = values[i];
    out.runs.push_back(run);
  }
  return out;
}

Series again(Series series, const std::string& started, std::vector<double> processes) {
  const double middle = processes.at(1);
  series.runs = {HistoryRun{"again", started, "", "", middle, {}, 3, std::move(processes)}};
  return series;
}

Series again(Series series, const std::string& started, double seconds) {
  return again(std::move(series), started, std::vector{seconds, seconds, seconds});
}

TEST(Confirmations, DecideUntilALaterNightIsSlowAgain) {
  const Series copy = series_of_nights("copy n=1", 2), triad = series_of_nights("triad n=1", 1);
  const auto state_with = [&](std::vector<Series> confirmations) {
    RegressOptions options;
    options.confirmations = std::move(confirmations);
    const Regressions found = find_regressions({copy, triad}, options, {});
    EXPECT_THAT(found.findings, SizeIs(1));
    return found.findings.at(0).state;
  };
  const std::string later = "2025-01-30", between = "2025-01-28T12", sooner = "2025-01-20";
  EXPECT_EQ(state_with({}), FindingState::regression);
  EXPECT_EQ(state_with({again(copy, later, 2e-3), again(triad, later, 1e-3)}),
            FindingState::regression);
  EXPECT_EQ(state_with({again(copy, later, 1e-3)}), FindingState::unconfirmed);
  EXPECT_EQ(state_with({again(copy, later, {1e-3, 1.5e-3, 2e-3})}), FindingState::regression)
      << "between the levels: too little is known to silence it";
  EXPECT_EQ(state_with({again(copy, later, 2e-3), again(triad, later, 2e-3)}),
            FindingState::of_machine);
  EXPECT_EQ(state_with({again(copy, between, 1e-3)}), FindingState::regression)
      << "the night after it was slow again";
  EXPECT_EQ(state_with({again(copy, sooner, 1e-3)}), FindingState::regression)
      << "it was measured before the change";
}

TEST(Confirmations, SayWhyNoResultCanBeUsed) {
  const Series copy = series_of_nights("copy n=1", 2);
  RegressOptions options;
  options.confirmations = {copy};
  options.confirmations[0].runs.clear();
  trust::Trust trust;
  trust.doubts.push_back({trust::Fault::busy, "other work", {}});
  options.confirmations[0].unused = {{"again", "2025-01-30", "", trust}};
  const Regressions found = find_regressions({copy}, options, {});
  EXPECT_EQ(found.findings.at(0).state, FindingState::regression);
  EXPECT_EQ(found.findings.at(0).confirmed.run, "again");
  EXPECT_EQ(found.findings.at(0).confirmed.unused, "busy");
}

TEST(ToMeasureAgain, AreNewStepsBesideQuietSeries) {
  const Series copy = series_of_nights("copy n=1", 2), triad = series_of_nights("triad n=1", 1);
  Regressions found = find_regressions({copy, triad}, {}, {});
  EXPECT_THAT(to_measure_again(found).suspicious, ElementsAre(0U));
  EXPECT_THAT(to_measure_again(found).controls, ElementsAre(1U));
  found.findings.at(0).confirmed.outcome = Confirmation::confirmed;
  EXPECT_THAT(to_measure_again(found).suspicious, IsEmpty());
}

}  // namespace
}  // namespace assay::results::regress
