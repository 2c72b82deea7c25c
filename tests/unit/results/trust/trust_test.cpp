#include "results/trust/trust.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace assay::results::trust {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

record::Record good() {
  record::Record record;
  for (int i = 0; i < 40; ++i) record.device_seconds.push_back(1e-3 * (1 + 0.001 * (i % 3)));
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.check.outcome = kernels::Outcome::right;
  return record;
}

std::vector<Fault> faults(const record::Record& record) {
  std::vector<Fault> out;
  for (const Doubt& doubt : trust_of(record).doubts) out.push_back(doubt.fault);
  return out;
}

TEST(Trust, HasNoDoubtsAboutAQuietSettledMeasurement) {
  EXPECT_TRUE(trust_of(good()).may_decide());
  record::Record measured_load = good();
  measured_load.machine_load.own_cpu_share = 0.98;
  measured_load.machine_load.idle_share = 0.02;
  measured_load.machine_load.steal_share = 0;
  EXPECT_TRUE(trust_of(measured_load).may_decide());
}

TEST(Trust, FindsOtherWorkByItsShareOfAllCpuTime) {
  record::Record record = good();
  record.machine_load.own_cpu_share = 0.5;
  record.machine_load.idle_share = 0.2;
  EXPECT_THAT(faults(record), ElementsAre(Fault::busy));
  EXPECT_THAT(busy(record)->text, HasSubstr("40%"));
  EXPECT_NEAR(busy(record)->figures.at("other_cpu_share"), 0.4, 1e-12);
  // The same work is small on a large machine that is nearly idle.
  record.machine_load.idle_share = 0.95;
  EXPECT_THAT(faults(record), IsEmpty());
}

TEST(Trust, FindsStolenTimeAndPressureOnMemory) {
  record::Record stolen = good();
  stolen.machine_load.steal_share = 0.05;
  EXPECT_THAT(busy(stolen)->text, HasSubstr("hypervisor"));
  record::Record pressed = good();
  pressed.machine_load.psi_memory_some = 0.2;
  EXPECT_THAT(busy(pressed)->text, HasSubstr("memory"));
}

TEST(Trust, FindsADriftThatTheEndOfTheWarmUpDidNot) {
  record::Record record = good();
  for (std::size_t i = 0; i < record.device_seconds.size(); ++i) {
    record.device_seconds[i] *= 1 - 0.002 * static_cast<double>(i);
  }
  EXPECT_THAT(faults(record), testing::Contains(Fault::drift));
  EXPECT_THAT(drifted(record)->text, HasSubstr("-5"));
}

TEST(Trust, LetsARateStandThatWasReachedOnABusyMachine) {
  record::Record record = good();
  record.machine_load.own_cpu_share = 0.5;
  EXPECT_TRUE(trust_of(record).only_slows());
  EXPECT_TRUE(trust_of(record).has(Fault::busy));
  EXPECT_TRUE(trust_of(record).may_be_off());
  record.steady = false;
  EXPECT_FALSE(trust_of(record).only_slows());
}

TEST(Trust, NamesEveryDoubt) {
  record::Record record = good();
  record.device_seconds.resize(4);
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = false;
  record.throttling.kept_launches = 3;
  EXPECT_THAT(faults(record),
              ElementsAre(Fault::throttled, Fault::samples, Fault::unsettled, Fault::interval));
  EXPECT_THAT(trust_of(record).text(), HasSubstr("4 samples, at least 10 required; times had"));
  EXPECT_EQ(trust_of(record).names(), "throttled, samples, unsettled, interval");
}

TEST(Trust, TakesThePowerLimitForOrdinaryAndNothingElseThatHoldsTheClockDown) {
  record::Record record = good();
  record.device.clock_hz = 1.98e9;
  record.sensors.clock_hz_median = 1.1e9;
  EXPECT_THAT(faults(record), ElementsAre(Fault::throttled));
  record.sensors.throttle = "software power cap";
  EXPECT_THAT(faults(record), IsEmpty());
  record.sensors.throttle = "software power cap, hardware thermal";
  EXPECT_THAT(faults(record), ElementsAre(Fault::throttled));
}

TEST(Trust, FindsTimesThatContradictEachOther) {
  record::Record record = good();
  record.host_seconds = record.device_seconds;
  EXPECT_TRUE(trust_of(record).may_decide()) << "a launch may be all that the host waits for";
  for (double& host : record.host_seconds) host /= 2;
  EXPECT_THAT(faults(record), ElementsAre(Fault::implausible));
  EXPECT_NEAR(implausible(record)->figures.at("device_seconds"), 0.04, 1e-3);
  EXPECT_NEAR(implausible(record)->figures.at("host_seconds"), 0.02, 1e-3);
  // Reading a clock takes time, which matters for short launches only.
  for (double& device : record.device_seconds) device = 1e-7;
  for (double& host : record.host_seconds) host = 0.5e-7;
  EXPECT_FALSE(implausible(record));
}

TEST(Trust, FindsLaunchesLongerThanTheTimeThatPassed) {
  record::Record record = good();
  record.phases.warm_up = 0.2;
  record.phases.sample = 0.8;
  record.phases.launches = 0.99;
  EXPECT_TRUE(trust_of(record).may_decide());
  record.phases.launches = 990;  // milliseconds taken for seconds
  EXPECT_THAT(faults(record), ElementsAre(Fault::implausible));
  EXPECT_NEAR(implausible(record)->figures.at("passed_seconds"), 1, 1e-12);
}

TEST(Trust, TakesNoCeilingFromTimesThatCannotBeTrue) {
  record::Record fma = good();
  fma.id = "fma";
  fma.operation = "fma";
  fma.work = {1e9, 1e6, kernels::DataType::f32};
  EXPECT_EQ(ceilings_of(std::span(&fma, 1), fma).arithmetic.size(), 1U);
  fma.phases.warm_up = 1;
  fma.phases.launches = 9;
  ASSERT_TRUE(implausible(fma));
  EXPECT_THAT(ceilings_of(std::span(&fma, 1), fma).arithmetic, IsEmpty());
}

TEST(Trust, DoubtsANarrowIntervalThatDoesNotReachTheRequestedConfidence) {
  record::Record record = good();
  record.summary.confidence = 0.75;
  EXPECT_THAT(faults(record), ElementsAre(Fault::interval));
  EXPECT_THAT(trust_of(record).text(), HasSubstr("at only 75% confidence"));
  record.settings.confidence = 0.75;
  EXPECT_TRUE(trust_of(record).may_decide());
}

TEST(Trust, KeepsAFigureWhoseIntervalIsMerelyWide) {
  record::Record record = good();
  record.target_met = false;
  const Trust trust = trust_of(record);
  EXPECT_FALSE(trust.may_decide());
  EXPECT_FALSE(trust.may_be_off());
  EXPECT_TRUE(trust.only_slows());
  EXPECT_EQ(not_compared_reason(trust, {}, "B"), "");
}

TEST(Trust, ComparesNothingThatMayBeOffOrHasTooFewSamples) {
  record::Record busy_one = good(), short_one = good();
  busy_one.machine_load.steal_share = 0.5;
  short_one.device_seconds.resize(6);
  EXPECT_THAT(not_compared_reason(trust_of(busy_one), trust_of(good()), "B"),
              HasSubstr("A: the hypervisor gave 50%"));
  EXPECT_THAT(not_compared_reason({}, trust_of(short_one), "B"), HasSubstr("B: 6 samples"));
}

TEST(Trust, IsNotGivenToWhatWasNotVerified) {
  record::Record wrong = good(), unchecked = good(), modelled = good();
  wrong.status = record::Status::wrong;
  unchecked.check.outcome = kernels::Outcome::unchecked;
  modelled.device.modelled = true;
  for (const record::Record& record : {wrong, unchecked, modelled}) {
    EXPECT_THAT(faults(record), ElementsAre(Fault::unverified));
  }
}

/// The smallest number of whole thousandths above which a good record is doubted.
template <typename Change>
int doubted_from(Change change) {
  for (int i = 0; i < 1000; ++i) {
    record::Record record = good();
    change(record, (i + 0.5) / 1000);  // between thresholds of round numbers
    if (!trust_of(record).may_decide()) return i;
  }
  return 1000;
}

// Stores keep what the rules said, with their number: whoever changes a rule raises kRules, and
// then this test.
TEST(Trust, HasRulesOfThisNumber) {
  EXPECT_EQ(kRules, 1);
  EXPECT_EQ(doubted_from([](record::Record& record, double share) {
              record.machine_load.own_cpu_share = 1 - share;
              record.machine_load.idle_share = 0;
            }),
            50);
  EXPECT_EQ(doubted_from([](record::Record& record, double share) {
              record.machine_load.steal_share = share;
            }),
            20);
  EXPECT_EQ(doubted_from([](record::Record& record, double share) {
              record.machine_load.psi_memory_some = share;
            }),
            100);
  EXPECT_EQ(doubted_from([](record::Record& record, double drift) {
              for (std::size_t i = 0; i < record.device_seconds.size(); ++i) {
                record.device_seconds[i] *= 1 + drift * static_cast<double>(i) / 40;
              }
            }),
            15);
  EXPECT_EQ(doubted_from([](record::Record& record, double less) {
              for (const double seconds : record.device_seconds) {
                record.host_seconds.push_back(seconds * (1 - less));
              }
            }),
            49);
}

TEST(Trust, IsWrittenAsJsonWithItsFigures) {
  record::Record record = good();
  record.machine_load.steal_share = 0.25;
  const auto json = to_json(trust_of(record));
  EXPECT_EQ(json["trusted"], false);
  EXPECT_EQ(json["doubts"][0]["fault"], "busy");
  EXPECT_EQ(json["doubts"][0]["figures"]["steal_share"], 0.25);
  EXPECT_EQ(to_json(Trust{}).dump(), R"({"trusted":true,"doubts":[]})");
}

TEST(Trust, CountsRecordsByTheirFirstFault) {
  record::Record wide = good(), wrong = good();
  wide.target_met = false;
  wrong.status = record::Status::wrong;
  DoubtCounts counts;
  for (const record::Record& record : {good(), wide, wide, wrong}) {
    counts.add(record, trust_of(record));
  }
  EXPECT_EQ(counts.records, 3U);
  EXPECT_EQ(counts.counts(), "2 interval");
  EXPECT_THAT(counts.text(), HasSubstr("2 of 3 doubtful: 2 interval (the target was not met"));
  EXPECT_EQ(DoubtCounts{}.text(), "");
}

TEST(Faults, StandInTheirOrder) {
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(kFaults[i].fault), i);
    EXPECT_EQ(facts(kFaults[i].fault).name, kFaults[i].name);
  }
}

}  // namespace
}  // namespace assay::results::trust
