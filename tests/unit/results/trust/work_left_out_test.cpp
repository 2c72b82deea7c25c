#include "results/trust/work_left_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::results::trust {
namespace {

using testing::HasSubstr;

record::Record challenged() {
  record::Record out;
  out.summary.median = 1e-3;
  out.challenges = {20, 10, 5, 1, 1.1e-3, 1.2e-3, 1e-3, 1e-6, 0};
  return out;
}

TEST(WorkLeftOut, SaysNothingOfLaunchesThatAreAlike) {
  EXPECT_FALSE(work_left_out(challenged()));
  EXPECT_FALSE(work_left_out(record::Record())) << "no challenges";
}

TEST(WorkLeftOut, NamesTheLaunchesThatTookLonger) {
  for (const auto& [seconds, words] :
       {std::pair{&record::Challenges::first_seconds, "outputs were overwritten"},
        {&record::Challenges::first_changed_seconds, "inputs were changed"},
        {&record::Challenges::last_seconds, "last launch of a call"}}) {
    record::Record record = challenged();
    record.challenges.*seconds = 5e-3;
    const auto doubt = work_left_out(record);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->fault, Fault::implausible);
    EXPECT_THAT(doubt->text, HasSubstr(words));
    EXPECT_EQ(doubt->figures.at("call_end_seconds"), 5e-3);
    EXPECT_EQ(doubt->figures.at("median_seconds"), 1e-3);
    EXPECT_TRUE(implausible(record)) << "every reader of trust sees it";
  }
}

TEST(WorkLeftOut, NamesWorkThatADownloadDid) {
  for (const auto seconds :
       {&record::Challenges::put_off_seconds, &record::Challenges::whole_put_off_seconds}) {
    record::Record record = challenged();
    record.challenges.*seconds = 2e-3;
    const auto doubt = work_left_out(record);
    ASSERT_TRUE(doubt);
    EXPECT_THAT(doubt->text, HasSubstr("put off"));
    EXPECT_EQ(doubt->figures.at("put_off_seconds"), 2e-3);
  }
}

TEST(WorkLeftOut, AllowsForWhatWakingUpTakesInShortLaunches) {
  record::Record record = challenged();
  record.summary.median = 1e-6;
  record.challenges.first_seconds = record.challenges.last_seconds = 50e-6;
  record.challenges.first_changed_seconds.reset();
  EXPECT_FALSE(work_left_out(record));
}

}  // namespace
}  // namespace assay::results::trust
