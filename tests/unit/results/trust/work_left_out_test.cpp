#include "results/trust/work_left_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace assay::results::trust {
namespace {

using testing::HasSubstr;
using testing::Not;

record::Record challenged() {
  record::Record out;
  out.summary.median = 1e-3;
  out.summary.count = 1000;
  out.machine_load.own_cpu_share = 1;
  out.challenges.calls = 20;
  out.challenges.first_seconds = 1.1e-3;
  out.challenges.first_changed_seconds = 1.2e-3;
  out.challenges.last_seconds = 1e-3;
  out.challenges.put_off_seconds = 1e-6;
  out.challenges.whole_put_off_seconds = 0;
  out.challenges.first_replaced_seconds = 1.9e-3;
  out.challenges.parts_seconds = 0.5e-3;
  out.challenges.whole_seconds = 3e-3;
  out.challenges.whole_bytes = 2'000'000;
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
        {&record::Challenges::first_replaced_seconds, "an input was replaced"},
        {&record::Challenges::first_undisturbed_seconds, "the first launch of a call"},
        {&record::Challenges::last_seconds, "last launch of a call"}}) {
    record::Record record = challenged();
    record.challenges.*seconds = 5e-3;
    const auto doubt = work_left_out(record);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->fault, Fault::implausible);
    EXPECT_THAT(doubt->text, HasSubstr(words));
    EXPECT_EQ(doubt->figures.at("seconds"), 5e-3);
    EXPECT_EQ(doubt->figures.at("usual_seconds"), 1e-3);
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
    EXPECT_EQ(doubt->figures.at("seconds"), 2e-3);
  }
}

TEST(WorkLeftOut, NamesDownloadsThatAreLongEnoughToHideWork) {
  for (const auto seconds :
       {&record::Challenges::parts_seconds, &record::Challenges::whole_seconds}) {
    record::Record record = challenged();
    record.challenges.*seconds = 4e-3;
    const auto doubt = work_left_out(record);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->fault, Fault::suspect) << "the device may be far away";
    EXPECT_THAT(doubt->text, HasSubstr("may be hidden"));
    EXPECT_THAT(doubt->text, Not(HasSubstr("other work")));
    record.summary.median = 0.1;
    EXPECT_FALSE(work_left_out(record)) << "little beside the launch";
    record.summary.median = 1e-3;
    record.machine_load.own_cpu_share.reset();
    EXPECT_FALSE(work_left_out(record)) << "how busy the machine was is not known";
  }
}

TEST(WorkLeftOut, ComparesWithTheFirstLaunchesOfUndisturbedCalls) {
  record::Record record = challenged();
  record.challenges.first_undisturbed_seconds = 2.5e-3;
  record.challenges.first_seconds = record.challenges.first_changed_seconds = 3e-3;
  EXPECT_FALSE(work_left_out(record)) << "every first launch takes longer";
  record.summary.median = 1e-6;
  record.challenges = {};
  record.challenges.first_undisturbed_seconds = 2e-6;
  record.challenges.first_seconds = 40e-6;
  EXPECT_TRUE(work_left_out(record)) << "a short launch does its work only after a change";
}

/// Launches of 7 us in long calls; in calls of one, `told` seconds that took `wall`.
record::Record with_single_calls(double told, double wall) {
  record::Record record;
  record.machine_load.own_cpu_share = 1;
  record.summary.median = 7e-6;
  record.summary.count = 1000;
  record.clocks.hot = {1, 1000, 7e-3, 7e-3, 7.1e-3, 0};
  record.clocks.single = {6, 6, 6 * told, 6 * told, 6 * wall, 0};
  return record;
}

TEST(WorkLeftOut, ShowsInCallsOfOneLaunch) {
  EXPECT_FALSE(work_once_in_a_call(with_single_calls(20e-6, 100e-6))) << "an honest device";
  const auto first = work_once_in_a_call(with_single_calls(180e-6, 220e-6));
  ASSERT_TRUE(first) << "the first launch of each call does the work";
  EXPECT_EQ(first->fault, Fault::implausible);
  EXPECT_THAT(first->text, HasSubstr("180 µs in calls of one, but 7.00 µs in others"));
  const auto leading = work_once_in_a_call(with_single_calls(7e-6, 220e-6));
  ASSERT_TRUE(leading) << "an untimed launch before each call does";
  EXPECT_THAT(leading->text, HasSubstr("a call of one launch took 220 µs"));
  EXPECT_EQ(leading->figures.at("usual_seconds"), 7e-6);
}

TEST(WorkLeftOut, ComparesTheTimeOfCallsWithTheSamplesAlone) {
  record::Record record = with_single_calls(5e-3, 11e-3);
  record.summary.median = 5e-3;
  record.clocks.hot = {1, 10, 50e-3, 50e-3, 50e-3, 0};
  EXPECT_FALSE(work_once_in_a_call(record));
  record.summary.median = 4e-3;
  EXPECT_TRUE(work_once_in_a_call(record)) << "two tolerances do not add up";
}

TEST(WorkLeftOut, LeavesShortLaunchesALeadAndHotOnesTheTimeToReadTheirOperands) {
  const auto found = [](double usual, double wall, record::Mode mode = record::Mode::cold) {
    record::Record record = with_single_calls(usual, wall);
    record.summary.median = usual;
    record.clocks.hot = {};
    record.settings.mode = mode;
    record.work.bytes = 1e9;
    return work_once_in_a_call(record).has_value();
  };
  EXPECT_FALSE(found(8e-3, 2.4 * 8e-3));
  EXPECT_TRUE(found(8e-3, 2.6 * 8e-3));
  EXPECT_FALSE(found(0.1, 0.155));
  EXPECT_TRUE(found(0.1, 0.165)) << "a launch of 10 ms may lead it, and no longer one";
  EXPECT_FALSE(found(0.1, 0.165, record::Mode::hot)) << "a gigabyte that no cache holds anew";
  EXPECT_TRUE(found(0.1, 0.175, record::Mode::hot));
}

TEST(WorkLeftOut, IsNotSeenInCallsOfOneLaunchWhereTheSamplesAreAsLong) {
  record::Record record = with_single_calls(180e-6, 220e-6);
  record.summary.median = 180e-6;
  EXPECT_FALSE(work_once_in_a_call(record)) << "what later launches leave out is not the figure";
  record.clocks.single.wall = 6 * 100e-6;
  record.summary.median = 7e-6;
  record.clocks.hot = {1, 10, 1.8e-3, 1.8e-3, 1.8e-3, 0};
  EXPECT_FALSE(work_once_in_a_call(record)) << "the clocks tell that";
}

TEST(WorkLeftOut, IsNotProvedByCallsNoLongerThanTheSamplesMayBe) {
  // As on a virtual machine whose processor others used, during most of five launches.
  record::Record record = with_single_calls(0.573, 0.573);
  record.summary.median = 0.329;
  record.summary.count = 5;
  record.summary.interval = {0.328, 0.62};
  record.clocks.hot = {1, 1, 0.602, 0.602, 0.602, 0};
  record.challenges.way_seconds = 0.573;
  EXPECT_FALSE(work_once_in_a_call(record));
  record.summary.interval = {0.328, 0.331};
  record.clocks.hot = {};
  ASSERT_TRUE(work_once_in_a_call(record));
  EXPECT_EQ(work_once_in_a_call(record)->fault, Fault::suspect) << "five samples accuse nobody";
  record.summary.count = 10;
  EXPECT_EQ(work_once_in_a_call(record)->fault, Fault::implausible);
}

TEST(WorkLeftOut, MayBeHiddenAnywhereOnTheWayOfALaunch) {
  record::Record record = with_single_calls(7e-6, 30e-6);
  record.challenges.way_seconds = 120e-6;
  EXPECT_FALSE(work_once_in_a_call(record));
  record.challenges.way_seconds = 190e-6;
  const auto doubt = work_once_in_a_call(record);
  ASSERT_TRUE(doubt);
  EXPECT_EQ(doubt->fault, Fault::suspect) << "the device may be far away";
  EXPECT_THAT(doubt->text, HasSubstr("may be hidden around them"));
  EXPECT_THAT(doubt->text, Not(HasSubstr("other work")));
  record.machine_load.own_cpu_share.reset();
  EXPECT_FALSE(work_once_in_a_call(record)) << "how busy the machine was is not known";
}

TEST(WorkLeftOut, IsNoProofWhereOtherWorkMayBeTheReason) {
  record::Record record = challenged();
  record.machine_load.steal_share = 0.1;
  record.challenges.first_seconds = 4e-3;
  const auto doubt = work_left_out(record);
  ASSERT_TRUE(doubt);
  EXPECT_EQ(doubt->fault, Fault::suspect);
  EXPECT_FALSE(trust_of(record).only_slows()) << "it supports no claim either";
  record.challenges.first_seconds = 1;
  EXPECT_EQ(work_left_out(record)->fault, Fault::suspect) << "no delay is too long";
  record.machine_load.steal_share = 0;
  EXPECT_EQ(work_left_out(record)->fault, Fault::implausible);
  record.machine_load.psi_cpu_some = 0.2;
  EXPECT_EQ(work_left_out(record)->fault, Fault::suspect) << "tasks waited for a CPU";
  record.machine_load.psi_cpu_some.reset();
  record.machine_load.own_cpu_share.reset();
  EXPECT_EQ(work_left_out(record)->fault, Fault::suspect) << "too short to know";
}

TEST(WorkLeftOut, AllowsForWhatWakingUpTakesInShortLaunches) {
  record::Record record = challenged();
  record.summary.median = 1e-6;
  record.challenges.first_seconds = record.challenges.last_seconds = 50e-6;
  record.challenges.first_changed_seconds.reset();
  record.challenges.first_replaced_seconds = 90e-6;
  EXPECT_FALSE(work_left_out(record));
}

}  // namespace
}  // namespace assay::results::trust
