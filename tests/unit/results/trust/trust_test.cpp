#include "results/trust/trust.h"

#include <gmock/gmock.h>

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
  return record;
}

std::vector<Fault> faults(const record::Record& record) {
  std::vector<Fault> out;
  for (const Doubt& doubt : doubts(record)) out.push_back(doubt.fault);
  return out;
}

TEST(Trust, HasNoDoubtsAboutAQuietSettledMeasurement) {
  EXPECT_THAT(doubts(good()), IsEmpty());
  record::Record measured_load = good();
  measured_load.machine_load.own_cpu_share = 0.98;
  measured_load.machine_load.idle_share = 0.02;
  measured_load.machine_load.steal_share = 0;
  EXPECT_THAT(doubts(measured_load), IsEmpty());
}

TEST(Trust, FindsOtherWorkByItsShareOfAllCpuTime) {
  record::Record record = good();
  record.machine_load.own_cpu_share = 0.5;
  record.machine_load.idle_share = 0.2;
  EXPECT_THAT(faults(record), ElementsAre(Fault::busy));
  EXPECT_THAT(busy(record), HasSubstr("40%"));
  // The same work is small on a large machine that is nearly idle.
  record.machine_load.idle_share = 0.95;
  EXPECT_THAT(faults(record), IsEmpty());
}

TEST(Trust, FindsStolenTimeAndPressureOnMemory) {
  record::Record stolen = good();
  stolen.machine_load.steal_share = 0.05;
  EXPECT_THAT(busy(stolen), HasSubstr("hypervisor"));
  record::Record pressed = good();
  pressed.machine_load.psi_memory_some = 0.2;
  EXPECT_THAT(busy(pressed), HasSubstr("memory"));
}

TEST(Trust, FindsADriftThatTheEndOfTheWarmUpDidNot) {
  record::Record record = good();
  for (std::size_t i = 0; i < record.device_seconds.size(); ++i) {
    record.device_seconds[i] *= 1 - 0.002 * static_cast<double>(i);
  }
  EXPECT_THAT(faults(record), testing::Contains(Fault::drift));
  EXPECT_THAT(drifted(record), HasSubstr("-5"));
}

TEST(Trust, LetsARateStandThatWasReachedOnABusyMachine) {
  record::Record record = good();
  record.machine_load.own_cpu_share = 0.5;
  EXPECT_TRUE(only_slows(doubts(record)));
  EXPECT_TRUE(is_busy(doubts(record)));
  record.steady = false;
  EXPECT_FALSE(only_slows(doubts(record)));
}

TEST(Trust, NamesEveryDoubt) {
  record::Record record = good();
  record.device_seconds.resize(4);
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = false;
  record.throttling.kept_launches = 3;
  EXPECT_THAT(faults(record),
              ElementsAre(Fault::throttled, Fault::samples, Fault::unsettled, Fault::interval));
  EXPECT_THAT(text_of(doubts(record)), HasSubstr("4 samples, at least 10 required; times had"));
}

}  // namespace
}  // namespace assay::results::trust
