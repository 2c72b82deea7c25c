#include "results/trust/clocks.h"

#include <gmock/gmock.h>

#include "results/trust/beside.h"
#include "results/trust/published_peaks.h"

namespace assay::results::trust {
namespace {

using testing::HasSubstr;

/// Launches of a millisecond, for which all clocks agree.
record::Record honest(record::Mode mode = record::Mode::cold) {
  record::Record record;
  record.settings.mode = mode;
  record.machine_load.own_cpu_share = 1;
  for (int i = 0; i < 120; ++i) record.device_seconds.push_back(1e-3 * (1 + 0.001 * (i % 3)));
  record.host_seconds = record.device_seconds;
  record.summary = statistics::summarize(record.device_seconds);
  record.clocks.timed = {12, 120, 0.12, 0.12, mode == record::Mode::hot ? 0.121 : 0.5, 0};
  record.clocks.hot = {1, 10, 0.01, 0.01, 0.0101, 0};
  return record;
}

/// What is found once the samples were changed by a factor.
std::string found(double device, double host, record::Mode mode = record::Mode::cold) {
  record::Record record = honest(mode);
  for (double& seconds : record.device_seconds) seconds *= device;
  for (double& seconds : record.host_seconds) seconds *= host;
  record.summary = statistics::summarize(record.device_seconds);
  for (record::ClockSums* sums : {&record.clocks.timed, &record.clocks.hot}) {
    sums->device *= device;
    sums->host *= host;
  }
  const auto doubt = implausible(record);
  return doubt ? doubt->text : "";
}

TEST(Clocks, AgreeForAnHonestModule) {
  for (const auto mode : {record::Mode::cold, record::Mode::hot}) {
    EXPECT_EQ(found(1, 1, mode), "");
    EXPECT_EQ(found(0.8, 1, mode), "") << "a device waits for its host";
  }
}

TEST(Clocks, AreFoundToLieInEitherMode) {
  for (const auto mode : {record::Mode::cold, record::Mode::hot}) {
    EXPECT_THAT(found(0.1, 1, mode), HasSubstr("the host waited"));
    EXPECT_THAT(found(1e-3, 1, mode), HasSubstr("the host waited"));
    EXPECT_THAT(found(100, 1, mode), HasSubstr("but only"));
    EXPECT_THAT(found(0.1, 0.1, mode), HasSubstr("accounts for"));
    EXPECT_THAT(found(1e-6, 1e-6, mode), HasSubstr("accounts for"));
    EXPECT_THAT(found(1e-300, 1e-300, mode), HasSubstr("accounts for"));
    EXPECT_THAT(found(1e6, 1e6, mode), HasSubstr("in calls that took"));
  }
}

TEST(Clocks, LeaveNoRoomForTwoSmallLies) {
  // Each alone was once within the tolerances, and together a launch took 2.4 times as long.
  EXPECT_THAT(found(0.38, 0.85), HasSubstr("the host waited"));
  EXPECT_THAT(found(0.65, 0.65), HasSubstr("accounts for"));
}

TEST(Clocks, MustAgreeInEachCall) {
  record::Record record = honest();
  record.clocks.timed.largest_excess = 0.4;
  EXPECT_THAT(implausible(record)->text, HasSubstr("400 ms more than a call took"));
}

TEST(Clocks, FindLaunchesThatAreOnlyShortWithColdCaches) {
  record::Record record = honest();
  for (std::vector<double>* times : {&record.device_seconds, &record.host_seconds}) {
    for (double& seconds : *times) seconds /= 1000;
  }
  record.summary = statistics::summarize(record.device_seconds);
  record.clocks.timed.device = record.clocks.timed.host = 0.12e-3;
  EXPECT_THAT(implausible(record)->text, HasSubstr("1.00 ms when launched again"));
}

TEST(Clocks, AllowWhatReadingThemCosts) {
  // Launches of 100 ns: each costs 1 us outside of the module's account.
  record::Record record = honest(record::Mode::hot);
  for (double& seconds : record.device_seconds) seconds *= 1e-4;
  record.host_seconds = record.device_seconds;
  record.summary = statistics::summarize(record.device_seconds);
  record.clocks.timed = {10, 100000, 0.01, 0.01, 0.11, 0};
  record.clocks.hot = {1, 1000, 1e-4, 1e-4, 1.1e-3, 0};
  EXPECT_FALSE(implausible(record));
  record.clocks.hot.wall = 4e-3;
  EXPECT_TRUE(implausible(record));
}

/// As on a machine of whose CPU time other work took a share.
record::Record beside_other_work(record::Record record, double share = 0.5) {
  record.machine_load.idle_share = 0;
  record.machine_load.own_cpu_share = 1 - share;
  return record;
}

void expect_unproven(const record::Record& record, const char* words) {
  const Trust trust = trust_of(beside_other_work(record));
  EXPECT_FALSE(trust.has(Fault::implausible)) << trust.text();
  ASSERT_TRUE(trust.has(Fault::suspect)) << trust.text();
  EXPECT_THAT(trust.text(), HasSubstr(words));
  EXPECT_THAT(trust.text(), HasSubstr("unless other work on the machine delayed it"));
  EXPECT_TRUE(trust.may_be_off()) << "it decides nothing either";
}

TEST(Clocks, ProveNothingWhereOtherWorkMayHaveDelayedTheHost) {
  for (const char* kind : {"cpu", "gpu"}) {
    record::Record record = honest();
    record.device.kind = kind;
    record.clocks.hot.wall = 0.03;
    EXPECT_TRUE(implausible(record));
    expect_unproven(record, "accounts for");
    record.clocks.hot = {1, 10, 0.01, 0.06, 0.06, 0};
    EXPECT_TRUE(implausible(record));
    expect_unproven(record, "the host waited");
    record.clocks.hot = {1, 10, 0.05, 0.05, 0.05, 0};
    EXPECT_TRUE(implausible(record));
    expect_unproven(record, "launched again");
  }
}

TEST(Clocks, ProveALieThatNoDelayExplainsBesideOtherWorkToo) {
  record::Record record = honest();
  record.clocks.hot = {1, 10, 1e-6, 1e-6, 0.03, 0};
  EXPECT_EQ(clocks_disagree(beside_other_work(record))->fault, Fault::suspect)
      << "a call may be delayed for as long as anything";
  record.clocks.hot = {1, 10, 0.01, 0.01, 0.009, 0};
  EXPECT_EQ(clocks_disagree(beside_other_work(record, 0.9))->fault, Fault::implausible)
      << "no delay makes a call shorter than its launches";
}

TEST(Resolution, IsThatOfNoClockBelowANanosecond) {
  record::Record record;
  for (const double seconds : {5e-324, 1e-30, 9e-10}) {
    record.summary.median = seconds;
    EXPECT_THAT(below_resolution(record)->text, HasSubstr("less than any clock"));
  }
  record.summary.median = 2e-9;
  EXPECT_FALSE(below_resolution(record));
}

TEST(Resolution, DoesNotExplainTimesEqualToTheLastBit) {
  const auto equal = [](double seconds, std::size_t count) {
    record::Record record;
    record.device_seconds.assign(count, seconds);
    record.summary = statistics::summarize(record.device_seconds);
    return below_resolution(record).has_value();
  };
  EXPECT_TRUE(equal(1.23456789012345e-3, 100));
  EXPECT_FALSE(equal(1.23456789012345e-3, 99));
  EXPECT_FALSE(equal(1.234567e-3, 1000)) << "a clock may count nanoseconds";
  EXPECT_FALSE(equal(1e-3 * static_cast<double>(0.02048f), 1000)) << "CUDA's milliseconds";
  EXPECT_FALSE(equal(1e-3 * static_cast<double>(0.1024f) / 48, 1000)) << "of 48 joined launches";
}

TEST(Resolution, FindsTheTimeOfManyLaunchesInAFew) {
  record::Record record = honest();
  for (std::size_t i = 0; i < record.device_seconds.size(); ++i) {
    record.device_seconds[i] *= i % 10 == 9 ? 50 : 1e-3;
  }
  record.summary = statistics::summarize(record.device_seconds);
  EXPECT_THAT(below_resolution(record)->text, HasSubstr("a few launches"));
  EXPECT_EQ(below_resolution(record)->fault, Fault::implausible);
  EXPECT_EQ(below_resolution(beside_other_work(record))->fault, Fault::suspect);
}

TEST(Resolution, AllowsFiveInterruptions) {
  record::Record record = honest();
  for (std::size_t i = 0; i < 5; ++i) record.device_seconds[20 * i] = 3;
  record.summary = statistics::summarize(record.device_seconds);
  EXPECT_FALSE(below_resolution(record));
  record.device_seconds[110] = 3;
  EXPECT_TRUE(below_resolution(record));
}

record::Record of_h200(double rate, kernels::DataType type, double flop = 1e13) {
  record::Record record;
  record.operation = "matmul";
  record.device.name = "NVIDIA H200";
  record.work = {flop, 1e9, type};
  record.summary.median = record.summary.interval.upper = flop / rate;
  return record;
}

TEST(Clocks, LeaveRanksTheTimeInWhichTheyAgreeOnAStart) {
  record::Record record = honest();
  record.operation = "all_reduce";
  // Ten launches of a millisecond.
  record.clocks.hot.wall = 0.19;
  EXPECT_FALSE(clocks_disagree(record));
  record.clocks.hot.wall = 0.2;
  EXPECT_TRUE(clocks_disagree(record));
  record.clocks.hot.wall = 0.0101;
  record.clocks.timed.wall = 0.1;
  EXPECT_TRUE(clocks_disagree(record)) << "more than passed";
}

TEST(Peaks, AreThoseOfTheSystemThatADeviceSaysItIs) {
  EXPECT_FALSE(above_peak(of_h200(980e12, kernels::DataType::bf16)));
  EXPECT_FALSE(above_peak(of_h200(1070e12, kernels::DataType::bf16))) << "at the boost clock";
  const auto found = above_peak(of_h200(1200e12, kernels::DataType::bf16));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->text, HasSubstr("1.20 PFLOP/s, but the published peak of H200"));
  EXPECT_TRUE(above_peak(of_h200(949e18, kernels::DataType::bf16)));
  EXPECT_FALSE(above_peak(of_h200(1900e12, kernels::DataType::f8e4m3)));
  EXPECT_FALSE(above_peak(of_h200(150e12, kernels::DataType::f32))) << "as six products in bf16";
  EXPECT_TRUE(above_peak(of_h200(400e12, kernels::DataType::f32)));
  record::Record unknown = of_h200(1e18, kernels::DataType::bf16);
  unknown.device.name = "Accelerator";
  EXPECT_FALSE(above_peak(unknown));
}

TEST(Peaks, LeaveOutWhatTheIntervalDoesNotShow) {
  record::Record record = of_h200(1200e12, kernels::DataType::bf16);
  record.summary.interval.upper *= 1.2;
  EXPECT_FALSE(above_peak(record));
}

TEST(Peaks, OfMemoryLeaveOutBytesThatACacheMayHold) {
  record::Record record = of_h200(1, kernels::DataType::f32);
  record.operation = "copy";
  record.work = {0, 400e6, kernels::DataType::f32};
  record.summary.median = record.summary.interval.upper = 400e6 / 20e12;
  EXPECT_FALSE(above_peak(record)) << "20 TB/s of a cache";
  record.work.bytes = 4e9;
  record.summary.median = record.summary.interval.upper = 4e9 / 20e12;
  EXPECT_TRUE(above_peak(record));
}

TEST(Peaks, OfACatalogueAreReadOnceForEachDevice) {
  record::DeviceIdentity device;
  device.name = "NVIDIA H200";
  EXPECT_EQ(&published_peaks(device), &published_peaks(device));
  EXPECT_NEAR(published_peaks(device).memory->rate, 4.8e12, 0.1e12);
}

record::Record beside(const std::string& operation, record::Division division, double rate) {
  record::Record record;
  record.id = operation;
  record.operation = operation;
  record.implementation.division = division;
  record.check.outcome = kernels::Outcome::right;
  record.work = {1e9, 1e3, kernels::DataType::f32};
  for (int i = 0; i < 40; ++i) {
    record.device_seconds.push_back(1e9 / rate * (1 + 1e-4 * (i % 3)));
  }
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

TEST(Ceilings, LimitARateToTwiceTheirOwn) {
  using record::Division;
  const auto exceeds = [](Division ceiling, Division one, double rate, bool steady = true) {
    std::vector<record::Record> records = {beside("fma", ceiling, 1e12),
                                           beside("matmul", one, rate)};
    records[0].steady = steady;
    return above_ceiling(records[1], ceilings_of(records, records[1])).has_value();
  };
  EXPECT_FALSE(exceeds(Division::native, Division::library, 1.9e12));
  EXPECT_TRUE(exceeds(Division::native, Division::library, 2.1e12));
  EXPECT_TRUE(exceeds(Division::portable, Division::portable, 2.1e12));
  EXPECT_FALSE(exceeds(Division::portable, Division::library, 9e12))
      << "portable code may not reach the matrix units";
  EXPECT_FALSE(exceeds(Division::native, Division::library, 9e12, false)) << "a doubtful ceiling";
}

TEST(Ceilings, AreRaisedByProductsThatTheyDoNotRefute) {
  using record::Division;
  const auto ceiling = [](Division fma, double rate, bool steady = true) {
    std::vector<record::Record> records = {beside("fma", fma, 1e12),
                                           beside("matmul", Division::library, rate)};
    records[1].steady = steady;
    const double found = ceilings_of(records, records[0]).arithmetic.begin()->second.rate;
    EXPECT_EQ(Beside(records).ceilings(records[0]).arithmetic.begin()->second.rate, found);
    return found;
  };
  EXPECT_NEAR(ceiling(Division::portable, 1.3e12), 1.3e12, 1e9);
  EXPECT_NEAR(ceiling(Division::portable, 9e12), 9e12, 1e10);
  EXPECT_NEAR(ceiling(Division::native, 1.3e12), 1.3e12, 1e9);
  EXPECT_NEAR(ceiling(Division::native, 2.1e12), 1e12, 1e9) << "it cannot be true";
  EXPECT_NEAR(ceiling(Division::portable, 1.3e12, false), 1e12, 1e9) << "it had not settled";
}

TEST(Ceilings, ThatProductsRaisedAccuseNobody) {
  // A library's attention at more than twice the rate of its product, which fma does not refute.
  std::vector<record::Record> records = {beside("fma", record::Division::portable, 1e12),
                                         beside("matmul", record::Division::library, 1.3e12),
                                         beside("attention", record::Division::library, 2.8e12)};
  EXPECT_TRUE(Beside(records).trust_of(records[2]).may_decide());
}

/// A matrix product of 1 TFLOP/s that takes a millisecond, and a ceiling of `rate` beside it.
std::vector<record::Record> with_product(double rate) {
  std::vector<record::Record> records = {beside("fma", record::Division::native, rate),
                                         beside("matmul", record::Division::library, 1e12)};
  return records;
}

TEST(Ceilings, AreSuspectFarAboveTheProductsBesideThem) {
  const auto is_suspect = [](const std::vector<record::Record>& records) {
    Beside all(records);
    const bool found = all.trust_of(records[0]).has(Fault::suspect);
    EXPECT_EQ(ceilings_of(records, records[1]).arithmetic.empty(), found) << "no ceiling either";
    EXPECT_TRUE(all.trust_of(records[1]).may_decide());
    return found;
  };
  EXPECT_FALSE(is_suspect(with_product(2.9e12)));
  auto records = with_product(24e12);
  EXPECT_TRUE(is_suspect(records));
  records[1].operation = "attention";
  EXPECT_FALSE(is_suspect(records)) << "no product";
  records = with_product(24e12);
  records[1].work.bytes = 1e7;
  EXPECT_FALSE(is_suspect(records)) << "memory limits it";
  records = with_product(24e12);
  records[1].work.type = kernels::DataType::f64;
  EXPECT_FALSE(is_suspect(records)) << "another type";
  records = with_product(24e12);
  records[1].run = "another";
  EXPECT_FALSE(is_suspect(records));
}

TEST(Ceilings, AreNotJudgedByAProductThatSomethingSlowed) {
  auto records = with_product(24e12);
  records[1].machine_load = {.steal_share = 0.5};
  EXPECT_FALSE(Beside(records).trust_of(records[0]).has(Fault::suspect));
  records = with_product(24e12);
  for (double& seconds : records[1].device_seconds) seconds /= 10;
  records[1].work.flop /= 10;
  records[1].summary = statistics::summarize(records[1].device_seconds);
  EXPECT_FALSE(Beside(records).trust_of(records[0]).has(Fault::suspect)) << "a short one";
  records = with_product(24e12);
  records[1].summary.interval.lower /= 10;
  EXPECT_FALSE(Beside(records).trust_of(records[0]).has(Fault::suspect)) << "or a faster one";
  records = with_product(24e12);
  records[1].device_seconds.resize(3);
  EXPECT_FALSE(Beside(records).trust_of(records[0]).has(Fault::suspect)) << "few samples";
}

}  // namespace
}  // namespace assay::results::trust
