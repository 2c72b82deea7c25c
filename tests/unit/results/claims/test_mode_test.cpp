// The mode in which a claim's test is measured, and what records of the other mode decide.
#include "results/claims/test_mode.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "results/claims/decision.h"
#include "results/claims/evidence.h"
#include "results/claims/verdict.h"

namespace assay::results::claims::test_mode_test {
namespace {

using ClaimTest = results::claims::Test;
using record::Mode;
using testing::HasSubstr;

ClaimTest of(const std::string& quantity, const std::string& problem,
             std::vector<std::string> run) {
  return ClaimTest{{{"x", problem}}, quantity, std::move(run)};
}

TEST(TestMode, IsHotWhereOnlyArithmeticLimits) {
  EXPECT_EQ(mode_of(of("rate.flop(x)", "fma type=f32", {})), Mode::hot);
  EXPECT_EQ(mode_of(of("rate.flop(x)", "fma type=f64", {"fma n=65536 steps=2048 type=f64"})),
            Mode::hot);
  EXPECT_EQ(mode_of(of("rate.flop(x)", "matmul a=bf16 b=bf16",
                       {"matmul m=8192 n=8192 k=8192 a=bf16 b=bf16 c=bf16"})),
            Mode::hot);
  // The best of all matmuls is a large one.
  EXPECT_EQ(mode_of(of("rate.flop(x)", "matmul a=bf16 b=bf16", {})), Mode::hot);
}

TEST(TestMode, IsColdWhereMemoryOrATimeIsMeasured) {
  EXPECT_EQ(mode_of(of("rate.byte(x)", "copy", {"copy n=268435456 type=f32"})), Mode::cold);
  EXPECT_EQ(mode_of(of("rate.flop(x)", "matmul a=bf16 b=bf16",
                       {"matmul m=1 n=8192 k=8192 a=bf16 b=bf16 c=bf16"})),
            Mode::cold);
  EXPECT_EQ(mode_of(of("time(x)", "fma type=f32", {"fma n=65536 steps=2048 type=f32"})),
            Mode::cold);
  EXPECT_EQ(mode_of(of("rate.byte(x)", "copy", {})), Mode::cold);
}

TEST(TestMode, IsHotWhereEnergyIsNeeded) {
  EXPECT_EQ(mode_of(of("rate.byte.watt(x)", "copy", {"copy n=268435456 type=f32"})), Mode::hot);
}

TEST(TestMode, IsWhatTheCatalogueSays) {
  ClaimTest test = of("rate.flop(x)", "fma type=f32", {});
  test.mode = Mode::cold;
  EXPECT_EQ(mode_of(test), Mode::cold);
  EXPECT_EQ(mode_reason(test), "stated by the catalogue");
}

record::Record record_in(Mode mode, double bytes = 1e9, std::uint64_t cache = 1 << 20) {
  record::Record record;
  record.settings.mode = mode;
  record.work.bytes = bytes;
  record.device.cache_bytes = cache;
  return record;
}

TEST(Side, FollowsFromWhatTheFlushCosts) {
  using enum MeasuredQuantity;
  EXPECT_EQ(side_of(Mode::hot, record_in(Mode::hot), flop), Side::exact);
  EXPECT_EQ(side_of(Mode::hot, record_in(Mode::cold), flop), Side::at_least);
  EXPECT_EQ(side_of(Mode::hot, record_in(Mode::cold), time), Side::at_most);
  EXPECT_EQ(side_of(Mode::cold, record_in(Mode::hot, 1e5), byte), Side::at_most);
  EXPECT_EQ(side_of(Mode::cold, record_in(Mode::hot, 1e5), time), Side::at_least);
  EXPECT_EQ(side_of(Mode::hot, record_in(Mode::cold), energy), Side::unknown);
}

TEST(Side, IsExactForHotLaunchesThatNoCacheHolds) {
  EXPECT_EQ(side_of(Mode::cold, record_in(Mode::hot, 4e6, 1000000), MeasuredQuantity::byte),
            Side::exact);
  EXPECT_EQ(side_of(Mode::cold, record_in(Mode::hot, 3.9e6, 1000000), MeasuredQuantity::byte),
            Side::at_most);
  // The size of the cache is not known.
  EXPECT_EQ(side_of(Mode::cold, record_in(Mode::hot, 4e6, 0), MeasuredQuantity::byte),
            Side::at_most);
}

Measured at(double lower, double upper, Side side) {
  Measured out;
  out.value = (lower + upper) / 2;
  out.interval = {lower, upper};
  out.vendor_routine = true;
  out.side = side;
  return out;
}

Requirement accepts(double lower, double upper) {
  Requirement out;
  out.accepted = {lower, upper};
  return out;
}

TEST(Side, LetsAColdRateSupportButNotRefute) {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  EXPECT_EQ(decide(accepts(10, kAny), at(11, 12, Side::at_least)), VerdictKind::supported);
  EXPECT_EQ(decide(accepts(10, kAny), at(8, 9, Side::at_least)), VerdictKind::inconclusive);
  EXPECT_EQ(decide(accepts(10, kAny), at(8, 9, Side::exact)), VerdictKind::refuted);
  // The hot rate may lie above both ends.
  EXPECT_EQ(decide(accepts(10, 13), at(11, 12, Side::at_least)), VerdictKind::inconclusive);
  EXPECT_EQ(decide(accepts(10, 13), at(14, 15, Side::at_least)), VerdictKind::refuted);
}

TEST(Side, LetsAHotRateRefuteButNotSupport) {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  EXPECT_EQ(decide(accepts(10, kAny), at(11, 12, Side::at_most)), VerdictKind::inconclusive);
  EXPECT_EQ(decide(accepts(10, kAny), at(8, 9, Side::at_most)), VerdictKind::refuted);
}

TEST(Side, LetsARatioOfAnotherModeDecideNothing) {
  EXPECT_EQ(decide(accepts(0.48, 0.52), at(0.49, 0.51, Side::unknown)), VerdictKind::inconclusive);
  EXPECT_EQ(decide(accepts(0.48, 0.52), at(0.56, 0.57, Side::unknown)), VerdictKind::inconclusive);
}

/// A record of "Box" that computes at `rate`, in launches without noise.
record::Record measured_at(double rate, Mode mode, const std::string& type) {
  record::Record record;
  record.problem = "fma n=1024 steps=1000 type=" + type + " acc=" + type + " dist=integer seed=1";
  record.operation = "fma";
  record.id = type + (mode == Mode::hot ? "-hot" : "-cold");
  record.device.name = "Box";
  record.device.cache_bytes = 1 << 20;
  record.implementation = {"native/fma", record::Division::native, {}};
  record.settings.mode = mode;
  record.work = {1e9, 1e4, kernels::DataType::f32};
  record.device_seconds.assign(40, 1e9 / rate);
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.sensors.clock_hz_median = 2e9;
  return record;
}

/// A catalogue with the claim that f64 runs at half the rate of f32, and its set "talk".
Catalogue catalogue() {
  Catalogue out;
  out.sets["talk"] = {"talk", "A talk", "", {}};
  System& box = out.systems["box"];
  box.id = box.name = "box";
  box.match = {{"name", "Box"}};
  Claim claim;
  claim.id = "half";
  claim.sets = {"talk"};
  claim.system = "box";
  claim.quantity = "ratio.fma";
  claim.value.emplace();
  claim.value->value = claim.value->written = 0.5;
  claim.value->range = {0.5, 0.5};
  claim.value->unit = "x";
  claim.tolerance = 0.03;
  claim.test = ClaimTest{{{"f64", "fma type=f64"}, {"f32", "fma type=f32"}},
                         "rate.flop(f64) / rate.flop(f32)",
                         {"fma n=65536 steps=2048 type=f64", "fma n=65536 steps=2048 type=f32"}};
  out.claims.push_back(claim);
  return out;
}

Verdict judged(const std::vector<record::Record>& records) {
  const Catalogue known = catalogue();
  return Judge(known, records).verdicts("talk").at(0);
}

TEST(Evidence, PrefersRecordsInTheModeOfTheTest) {
  // Cold launches are faster here: they have boosted while the caches were flushed.
  const Verdict verdict =
      judged({measured_at(160e9, Mode::hot, "f64"), measured_at(320e9, Mode::hot, "f32"),
              measured_at(200e9, Mode::cold, "f64"), measured_at(350e9, Mode::cold, "f32")});
  EXPECT_EQ(verdict.kind, VerdictKind::supported) << verdict.reason;
  EXPECT_NEAR(verdict.measured.value, 0.5, 1e-6);
}

TEST(Evidence, OfAnotherModeIsListedAndSaysWhatToDo) {
  const Verdict verdict =
      judged({measured_at(200e9, Mode::cold, "f64"), measured_at(350e9, Mode::cold, "f32")});
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("in cold launches"));
  EXPECT_THAT(verdict.reason, HasSubstr("asks for hot ones"));
  EXPECT_THAT(verdict.reason, HasSubstr("assay run --for-claim half"));
}

record::Record with_energy(double joules, Mode mode = Mode::hot) {
  record::Record record = measured_at(320e9, mode, "f32");
  record.implementation = {"library/maker", record::Division::library, {}};
  record.energy.joules_per_launch = joules;
  record.energy.joules_lower = joules * 0.95;
  record.energy.joules_upper = joules * 1.05;
  return record;
}

/// The same catalogue with the claim of 2 GFLOP/s per watt.
Catalogue efficient() {
  Catalogue out = catalogue();
  Claim& claim = out.claims[0];
  claim.quantity = "efficiency.watt";
  claim.value->value = 2e9;
  claim.value->written = 2;
  claim.value->range = {2e9, 2e9};
  claim.value->unit = "GFLOP/s/W";
  claim.value->dimension = parse_unit("FLOP/s/W").dimension;
  claim.test = of("rate.flop.watt(x)", "fma type=f32", {"fma n=65536 steps=2048 type=f32"});
  return out;
}

Verdict judged_energy(const record::Record& record) {
  const Catalogue known = efficient();
  return Judge(known, std::span(&record, 1)).verdicts("talk").at(0);
}

TEST(Energy, DecidesARatePerWatt) {
  // 1e9 operations a launch.
  EXPECT_EQ(judged_energy(with_energy(0.4)).kind, VerdictKind::supported);
  EXPECT_EQ(judged_energy(with_energy(0.6)).kind, VerdictKind::refuted);
  EXPECT_EQ(judged_energy(with_energy(0.5)).kind, VerdictKind::inconclusive);
  EXPECT_NEAR(judged_energy(with_energy(0.4)).measured.value, 2.5, 1e-9);
}

TEST(Energy, IsNotDecidedByMoreSamples) {
  const Verdict verdict = judged_energy(with_energy(0.5));
  EXPECT_FALSE(verdict.decision.additional_samples);
  EXPECT_THAT(verdict.reason, HasSubstr("the accuracy of its sensor limits it"));
}

TEST(Energy, OfThrottledLaunchesSupportsNothing) {
  record::Record record = with_energy(0.4);
  record.throttling.kept_launches = 30;
  EXPECT_EQ(judged_energy(record).kind, VerdictKind::inconclusive);
}

TEST(Energy, ThatIsMissingIsNamed) {
  record::Record record = measured_at(320e9, Mode::hot, "f32");
  EXPECT_THAT(judged_energy(record).reason,
              HasSubstr("without their energy: the device reports neither energy nor power"));
  record.notes = {{record::NoteKind::energy_missing, "launches filled only 10% of the window", {}}};
  const Verdict verdict = judged_energy(record);
  EXPECT_EQ(verdict.kind, VerdictKind::untested);
  EXPECT_THAT(verdict.reason, HasSubstr("launches filled only 10% of the window"));
}

TEST(Energy, OfTokensSaysWhatIsMissing) {
  Catalogue known = efficient();
  Claim& claim = known.claims[0];
  claim.quantity = "energy.token";
  claim.value->unit = "J/token";
  claim.value->dimension = parse_unit("J/token").dimension;
  claim.test.reset();
  EXPECT_THAT(Judge(known, {}).verdicts("talk").at(0).reason, HasSubstr("a serving run"));
}

}  // namespace
}  // namespace assay::results::claims::test_mode_test
