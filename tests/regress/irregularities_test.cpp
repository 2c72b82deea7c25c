#include "results/regress/irregularities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::results::regress {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Series series_on(const std::string& problem, const std::vector<std::string>& days) {
  Series out;
  out.device = "cpu Example";
  out.problem = problem;
  for (const std::string& day : days) {
    HistoryRun run;
    run.run = day;
    run.started = day;
    run.value = 1;
    out.runs.push_back(run);
  }
  return out;
}

TEST(Irregularities, AreNoneInARegularHistory) {
  const Series series = series_on("copy n=1", {"2025-01-30", "2025-01-31", "2025-02-01"});
  EXPECT_EQ(irregularities(std::span(&series, 1)).text(), "");
}

TEST(Irregularities, NameAGapOfMonths) {
  const Series series = series_on("copy n=1", {"2024-12-01", "2024-12-02", "2025-03-02"});
  const Irregularities found = irregularities(std::span(&series, 1));
  EXPECT_EQ(found.gaps, 1U);
  EXPECT_THAT(found.text(), HasSubstr("90 days from 2024-12-02 to 2025-03-02"));
}

TEST(Irregularities, CountDaysWithSeveralRuns) {
  const Series series =
      series_on("copy n=1", {"2025-01-01T02:00", "2025-01-01T14:00", "2025-01-02T02:00"});
  EXPECT_EQ(irregularities(std::span(&series, 1)).doubled_days, 1U);
}

TEST(Irregularities, NameASeriesThatEndedWhenItsProblemTextChanged) {
  const std::vector<Series> series = {
      series_on("copy n=1", {"2025-01-01", "2025-01-02"}),
      series_on("copy n=1 type=f32", {"2025-01-03", "2025-01-04"}),
  };
  const Irregularities found = irregularities(series);
  EXPECT_EQ(found.stopped, 1U);
  EXPECT_THAT(found.text(), AllOf(HasSubstr("copy n=1 |"), HasSubstr("2025-01-02"),
                                  HasSubstr("nothing is known of them since")));
}

TEST(DaysBetween, CountOverMonthsAndLeapYears) {
  EXPECT_EQ(days_between("2024-02-28T23:00", "2024-03-01T01:00"), 2);
  EXPECT_EQ(days_between("2025-02-28", "2025-03-01"), 1);
  EXPECT_EQ(days_between("", "2025-03-01"), 0);
}

}  // namespace
}  // namespace assay::results::regress
