#include "results/bundle/reproduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/results/bundle/sample.h"

namespace assay::results::bundle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kProblem = "copy n=64 type=f32";

record::Record slower(double factor) {
  record::Record record = sample_record(1, kProblem);
  for (double& seconds : record.device_seconds) seconds *= factor;
  for (double& seconds : record.host_seconds) seconds *= factor;
  record.summary = statistics::summarize(record.device_seconds);
  return record;
}

TEST(Reproduction, ComparesTheTimeHereWithTheTimeThere) {
  const record::Record there = sample_record(1, kProblem);
  const auto agreement = [&](double factor) {
    const Reproduction one = reproduction({&there}, {slower(factor)}, 0.03);
    EXPECT_NEAR(one.test->ratio, factor, 1e-9);
    return one.test->agreement;
  };
  EXPECT_EQ(agreement(1), statistics::Agreement::equivalent);
  EXPECT_EQ(agreement(1.02), statistics::Agreement::equivalent);
  EXPECT_EQ(agreement(1.03), statistics::Agreement::undecided);
  EXPECT_EQ(agreement(1.05), statistics::Agreement::different);
  EXPECT_EQ(agreement(0.9), statistics::Agreement::different);
}

TEST(Reproduction, DecidesNothingByADoubtfulMeasurementAndSaysWhy) {
  record::Record busy = slower(1.5);
  busy.machine_load.steal_share = 0.5;
  const record::Record there = sample_record(1, kProblem);
  const Reproduction one = reproduction({&there}, {busy}, 0.03);
  EXPECT_EQ(one.test->agreement, statistics::Agreement::undecided);
  EXPECT_NEAR(one.test->ratio, 1.5, 1e-9);
  EXPECT_THAT(one.reason, HasSubstr("here: the hypervisor gave 50%"));
}

TEST(Reproduction, DecidesNothingByTimesThatCannotBeTrue) {
  record::Record liar = slower(1);
  liar.phases.launches = 9;
  const record::Record there = sample_record(1, kProblem);
  const Reproduction here = reproduction({&there}, {liar}, 0.03);
  EXPECT_EQ(here.test->agreement, statistics::Agreement::undecided);
  liar = sample_record(1, kProblem);
  liar.phases.launches = 9;
  EXPECT_EQ(reproduction({&liar}, {slower(1)}, 0.03).test->agreement,
            statistics::Agreement::undecided);
}

TEST(Reproduction, ComparesOnlyTheSameWork) {
  record::Record here = slower(1);
  here.operands_hash = "0";
  const record::Record there = sample_record(1, kProblem);
  const Reproduction one = reproduction({&there}, {here}, 0.03);
  EXPECT_EQ(one.obstacle, Obstacle::other_work);
  EXPECT_THAT(one.reason, HasSubstr("the work differs"));
  EXPECT_FALSE(one.test.has_value());
  here.operands_hash.clear();
  EXPECT_EQ(reproduction({&there}, {here}, 0.03).obstacle, Obstacle::other_work);
}

TEST(Reproduction, OfSeveralRunsFailsWithAnyOfThem) {
  const record::Record there = sample_record(1, kProblem);
  record::Record crashed = slower(1);
  crashed.status = record::Status::crashed;
  const auto obstacle = [&](std::vector<record::Record> here) {
    return reproduction({&there}, std::move(here), 0.03).obstacle;
  };
  EXPECT_EQ(obstacle({slower(1), slower(1)}), Obstacle::none);
  EXPECT_EQ(obstacle({slower(1), crashed}), Obstacle::failed_here);
}

TEST(Reproduction, JudgesAllProcessesOfAMeasurementTogether) {
  std::vector<record::Record> records;
  for (const double factor : {0.95, 1.0, 1.05}) {
    records.push_back(slower(factor));
    records.back().repetition = static_cast<std::uint32_t>(records.size() - 1);
  }
  const auto groups = repeated(records);
  ASSERT_EQ(groups.size(), 1u);
  ASSERT_EQ(groups[0].size(), 3u);
  const Reproduction one = reproduction(groups[0], {slower(0.95), slower(1.0), slower(1.05)}, 0.03);
  EXPECT_EQ(one.there, &records[1]) << "the one in the middle";
  EXPECT_NEAR(one.test->ratio, 1, 1e-9);
  EXPECT_LT(one.test->interval.lower, 0.97) << "what varies between processes counts";
  EXPECT_EQ(one.test->agreement, statistics::Agreement::undecided);
  records[1].problem = "copy n=65 type=f32";
  EXPECT_EQ(repeated(records).size(), 2u);
}

TEST(Reproduction, SaysWhyThereIsNothingToCompare) {
  record::Record there = sample_record(1, kProblem), here = slower(1);
  here.status = record::Status::crashed;
  here.reason = "signal 11";
  EXPECT_EQ(reproduction({&there}, {here}, 0.03).reason, "crashed: signal 11");
  there.status = record::Status::wrong;
  EXPECT_EQ(reproducible({&there}).obstacle, Obstacle::failed_there);
  there.device.modelled = true;
  EXPECT_EQ(reproducible({&there}).obstacle, Obstacle::modelled);
}

TEST(Reproduction, CountsFailuresHereApartFromWhatCouldNotRun) {
  const record::Record there = sample_record(1, kProblem);
  record::Record wrong = slower(1), modelled = there;
  wrong.check.outcome = kernels::Outcome::wrong;
  modelled.device.modelled = true;
  const std::vector<Reproduction> all = {
      reproduction({&there}, {slower(1)}, 0.03), reproduction({&there}, {slower(1.5)}, 0.03),
      reproduction({&there}, {slower(1.03)}, 0.03), reproduction({&there}, {wrong}, 0.03),
      reproducible({&modelled})};
  const ReproductionCounts counts = count(all);
  EXPECT_EQ(counts.equivalent, 1u);
  EXPECT_EQ(counts.different, 1u);
  EXPECT_EQ(counts.undecided, 1u);
  EXPECT_EQ(counts.failed, 1u);
  EXPECT_EQ(counts.impossible, 1u);
  EXPECT_EQ(counts.compared(), 3u);
}

TEST(EnvironmentDifferences, AreNamedByTheirPlaces) {
  EXPECT_THAT(environment_differences(R"({"a":{"b":1,"c":"x"},"d":null})",
                                      R"({"a":{"b":2,"c":"x"},"e":[1]})"),
              ElementsAre("a.b: 1 there, 2 here", "e: not recorded there, [1] here"));
  EXPECT_THAT(environment_differences("{}", "{}"), IsEmpty());
  EXPECT_THAT(environment_differences("{", "{}"), IsEmpty());
}

}  // namespace
}  // namespace assay::results::bundle
