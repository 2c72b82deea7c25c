#include "results/claims/verdict.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <map>
#include <random>

#include "kernels/error.h"
#include "results/claims/evidence.h"

namespace assay::results::claims::verdict_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

record::DeviceIdentity box() {
  record::DeviceIdentity device;
  device.backend = "cpu";
  device.name = "Box 7";
  device.properties = {{"cpu.family", "25"}, {"cpu.model", "17"}};
  device.cache_bytes = 1 << 20;
  return device;
}

/// A verified record of launches that take `seconds` plus or minus `spread`.
record::Record measured(const std::string& id, const std::string& problem, double seconds,
                        double spread = 0.001, std::size_t samples = 40) {
  record::Record record;
  record.id = id;
  record.started = "2026-01-02T03:04:05.678Z";
  record.problem = problem;
  record.operation = problem.substr(0, problem.find(' '));
  record.device = box();
  record.implementation = {"native/fma", results::record::Division::native, {}};
  record.settings.mode = results::record::Mode::hot;
  record.work = {1e9, 1e9, kernels::DataType::f32};
  std::mt19937_64 random(samples);
  std::uniform_real_distribution<double> noise(-spread, spread);
  for (std::size_t i = 0; i < samples; ++i) {
    record.device_seconds.push_back(seconds * (1 + noise(random)));
  }
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.sensors.clock_hz_median = 2e9;
  return record;
}

const char* const kBf16 = "fma n=1024 steps=1000 type=bf16 acc=f32 dist=integer seed=1";
const char* const kF32 = "fma n=1024 steps=1000 type=f32 acc=f32 dist=integer seed=1";

Property value(double written, const std::string& unit, double base) {
  Property property;
  property.value = base;
  property.range = {base, base};
  property.dimension = parse_unit(unit).dimension;
  property.written = written;
  property.unit = unit;
  return property;
}

/// One system "box", one claim "twice" that bf16 runs at 2 times f32, tolerance 3%.
Catalogue catalogue() {
  Catalogue out;
  out.sets["talk"] = {"talk", "A talk"};
  out.sets["other"] = {"other", "Another"};
  System system;
  system.id = "box";
  system.name = "Box";
  system.match = {{"name", "^Box [0-9]$"}};
  system.properties["chips"] = {value(4, "", 4)};
  out.systems["box"] = system;
  Claim claim;
  claim.id = "twice";
  claim.sets = {"talk"};
  claim.system = "box";
  claim.quantity = "ratio.peak";
  claim.value = value(2, "x", 2);
  claim.tolerance = 0.03;
  claim.test = results::claims::Test{{{"bf16", "fma type=bf16"}, {"f32", "fma type=f32"}},
                                     "rate.flop(bf16) / rate.flop(f32)",
                                     {kBf16, kF32}};
  out.claims.push_back(claim);
  return out;
}

/// A judge refers to its catalogue.
const Catalogue& kept() {
  static const Catalogue one = catalogue();
  return one;
}

const Catalogue& built_in() {
  static const Catalogue one = built_in_catalogue();
  return one;
}

Verdict only(const Catalogue& catalogue, const std::vector<record::Record>& records) {
  const auto verdicts = Judge(catalogue, records).verdicts("talk");
  EXPECT_THAT(verdicts, SizeIs(1));
  return verdicts.at(0);
}

std::vector<record::Record> with_ratio(double ratio, double spread = 0.001,
                                       std::size_t samples = 40) {
  return {measured("r-bf16", kBf16, 1e-3 / ratio, spread, samples),
          measured("r-f32", kF32, 1e-3, spread, samples)};
}

TEST(GuardBand, SupportsOnlyIfTheWholeIntervalReachesTheThreshold) {
  EXPECT_EQ(decide({1.94, 2.1}, accepted_values(2, 0.03, Comparison::at_least)),
            VerdictKind::supported);
  EXPECT_EQ(decide({1.9399, 2.1}, accepted_values(2, 0.03, Comparison::at_least)),
            VerdictKind::inconclusive);
}

TEST(GuardBand, RefutesOnlyIfTheWholeIntervalStaysBelow) {
  EXPECT_EQ(decide({1.8, 1.9399}, accepted_values(2, 0.03, Comparison::at_least)),
            VerdictKind::refuted);
  EXPECT_EQ(decide({1.8, 1.94}, accepted_values(2, 0.03, Comparison::at_least)),
            VerdictKind::inconclusive);
}

TEST(GuardBand, IsReversedIfLessIsBetter) {
  const auto at_most = results::claims::Comparison::at_most;
  EXPECT_EQ(decide({1.9, 2.06}, accepted_values(2, 0.03, at_most)), VerdictKind::supported);
  EXPECT_EQ(decide({1.9, 2.0601}, accepted_values(2, 0.03, at_most)), VerdictKind::inconclusive);
  EXPECT_EQ(decide({2.0599, 2.2}, accepted_values(2, 0.03, at_most)), VerdictKind::inconclusive);
  EXPECT_EQ(decide({2.0601, 2.2}, accepted_values(2, 0.03, at_most)), VerdictKind::refuted);
}

TEST(Judge, ComparesATimeWithItsClaimedMaximum) {
  Catalogue claims = catalogue();
  Claim& claim = claims.claims[0];
  claim.value = value(100, "us", 100e-6);
  claim.tolerance = 0.01;
  claim.test = results::claims::Test{{{"sum", "fma type=f32"}}, "time(sum)", {kF32}};
  const char* const kLonger = "fma n=1024 steps=2000 type=f32 acc=f32 dist=integer seed=1";
  auto division = record::Division::library;
  const auto judged = [&](double seconds) {
    std::vector<record::Record> records = {measured("slow", kLonger, 2 * seconds),
                                           measured("fast", kF32, seconds)};
    for (record::Record& record : records) record.implementation.division = division;
    return only(claims, records);
  };
  EXPECT_EQ(judged(99e-6).kind, VerdictKind::supported);
  EXPECT_THAT(judged(99e-6).reason, HasSubstr("within the claimed 100 us"));
  EXPECT_EQ(judged(101e-6).kind, VerdictKind::inconclusive);
  EXPECT_EQ(judged(103e-6).kind, VerdictKind::refuted);
  EXPECT_THAT(judged(103e-6).reason, HasSubstr("stays above the claimed 100 us plus"));
  // A slow kernel of our own says nothing about the device.
  division = record::Division::native;
  EXPECT_EQ(judged(99e-6).kind, VerdictKind::supported);
  EXPECT_EQ(judged(103e-6).kind, VerdictKind::not_reached);
  EXPECT_THAT(judged(103e-6).reason, HasSubstr("the vendor's own routine"));
}

TEST(Judge, UsesAllRepetitionsOfARunInWhateverOrder) {
  Catalogue claims = catalogue();
  Claim& claim = claims.claims[0];
  claim.value = value(100, "us", 100e-6);
  claim.tolerance = 0.01;
  claim.test = results::claims::Test{{{"sum", "fma type=f32"}}, "time(sum)", {kF32}};
  const auto judged = [&](std::vector<double> seconds, std::size_t wrong = 99) {
    std::vector<record::Record> records;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      record::Record& record =
          records.emplace_back(measured("r" + std::to_string(i), kF32, seconds[i]));
      record.run = "one";
      record.repetition = static_cast<std::uint32_t>(i);
      record.implementation.division = record::Division::library;
      if (i == wrong) record.check.outcome = kernels::Outcome::wrong;
    }
    return only(claims, records).kind;
  };
  EXPECT_EQ(judged({99e-6, 99e-6, 99e-6}), VerdictKind::supported);
  EXPECT_EQ(judged({200e-6, 200e-6, 200e-6}), VerdictKind::refuted);
  // One slow process of three neither refutes nor lets the others support.
  EXPECT_EQ(judged({99e-6, 99e-6, 200e-6}), VerdictKind::inconclusive);
  EXPECT_EQ(judged({200e-6, 99e-6, 99e-6}), VerdictKind::inconclusive);
  EXPECT_EQ(judged({99e-6, 99e-6, 99e-6}, 0), VerdictKind::untested);
  EXPECT_EQ(judged({99e-6, 99e-6, 99e-6}, 2), VerdictKind::untested);
}

TEST(Judge, SupportsARatioThatTheRecordsReach) {
  const Verdict verdict = only(catalogue(), with_ratio(2));
  EXPECT_EQ(verdict.kind, VerdictKind::supported) << verdict.reason;
  ASSERT_TRUE(verdict.measured.known);
  EXPECT_NEAR(verdict.measured.value, 2, 0.01);
  EXPECT_LT(verdict.measured.interval.lower, verdict.measured.value);
  EXPECT_GT(verdict.measured.interval.upper, verdict.measured.value);
}

TEST(Judge, RefutesARatioThatTheRecordsMiss) {
  EXPECT_EQ(only(catalogue(), with_ratio(1.5)).kind, VerdictKind::refuted);
}

TEST(Judge, SaysHowManyMoreSamplesWouldDecide) {
  const Verdict verdict = only(catalogue(), with_ratio(1.95, 0.2, 12));
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("more samples"));
  const Decision& numbers = verdict.decision;
  ASSERT_TRUE(numbers.additional_samples);
  EXPECT_THAT(verdict.reason, HasSubstr("more samples of each problem would probably decide it"));
  EXPECT_NEAR(numbers.limit.value(), 2 * 0.97, 1e-12);
  EXPECT_EQ(numbers.tolerance, 0.03);
  EXPECT_NEAR(numbers.guard_band_needed.value(), std::abs(verdict.measured.value - 2 * 0.97), 1e-9);
  EXPECT_NEAR(numbers.guard_band.value(),
              verdict.measured.value > 2 * 0.97
                  ? verdict.measured.value - verdict.measured.interval.lower
                  : verdict.measured.interval.upper - verdict.measured.value,
              1e-9);
}

TEST(Judge, TakesTheConfidenceOfTheLeastConfidentRecord) {
  auto records = with_ratio(2);
  EXPECT_GE(only(catalogue(), records).decision.confidence.value(), 0.95);
  records[1].summary.confidence = 0.8;
  EXPECT_EQ(only(catalogue(), records).decision.confidence, 0.8);
}

TEST(Judge, WidensARatioByTheIntervalsOfItsMedians) {
  auto records = with_ratio(2);
  ASSERT_EQ(only(catalogue(), records).kind, VerdictKind::supported);
  // As for correlated samples: each close to the next, the median known to 5% only.
  statistics::Summary& summary = records[0].summary;
  summary.interval = {summary.median * 0.95, summary.median * 1.05};
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::inconclusive);
}

TEST(Judge, KeepsTheIntervalOfARatioPositiveEvenForNoisyRecords) {
  const Verdict verdict = only(catalogue(), with_ratio(1.5, 0.9, 12));
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_GT(verdict.measured.interval.lower, 0);
}

TEST(Judge, ShowsRecordsDeviceAndDate) {
  const Verdict verdict = only(catalogue(), with_ratio(2));
  ASSERT_THAT(verdict.evidence, SizeIs(1));
  const Evidence& evidence = verdict.evidence[0];
  EXPECT_EQ(evidence.kind, EvidenceKind::measured);
  EXPECT_THAT(evidence.records, ElementsAre("r-bf16", "r-f32"));
  EXPECT_EQ(evidence.device, "Box 7");
  EXPECT_EQ(evidence.date, "2026-01-02T03:04:05.678Z");
  EXPECT_THAT(evidence.text, HasSubstr(kBf16));
}

TEST(Judge, GivesTheSameVerdictForTheSameRecords) {
  for (const double ratio : {1.5, 1.95, 2.0}) {
    const Verdict a = only(catalogue(), with_ratio(ratio, 0.1));
    auto records = with_ratio(ratio, 0.1);
    std::swap(records[0], records[1]);
    const Verdict b = only(catalogue(), records);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.reason, b.reason);
    EXPECT_EQ(a.measured.interval.lower, b.measured.interval.lower);
  }
}

TEST(Judge, UsesOnlyVerifiedRecordsMeasuredHere) {
  const auto spoil = [](auto change) {
    auto records = with_ratio(2);
    change(records[0]);
    return only(catalogue(), records).kind;
  };
  EXPECT_EQ(spoil([](record::Record&) {}), VerdictKind::supported);
  EXPECT_EQ(spoil([](record::Record& r) { r.status = record::Status::wrong; }),
            VerdictKind::untested);
  EXPECT_EQ(spoil([](record::Record& r) { r.check.outcome = kernels::Outcome::suspicious; }),
            VerdictKind::untested);
  EXPECT_EQ(spoil([](record::Record& r) { r.origin = record::Origin::modelled; }),
            VerdictKind::untested);
  EXPECT_EQ(spoil([](record::Record& r) { r.origin = record::Origin::imported; }),
            VerdictKind::untested);
  EXPECT_EQ(spoil([](record::Record& r) {
              r.implementation.division = results::record::Division::reference;
            }),
            VerdictKind::untested);
  EXPECT_EQ(spoil([](record::Record& r) { r.device.name = "Crate"; }), VerdictKind::untested);
}

/// Single changes that make a record modelled and leave everything else as in a measurement.
const std::vector<std::function<void(record::Record&)>>& pretences() {
  static const std::vector<std::function<void(record::Record&)>> all = {
      [](record::Record& r) { r.origin = record::Origin::modelled; },
      [](record::Record& r) { r.device.modelled = true, r.device.unique_id = "box"; },
      [](record::Record& r) {
        r.device.modelled = true, r.device.unique_id = "box";
        r.origin = record::Origin::imported;
      }};
  return all;
}

TEST(Judge, NeverDecidesByModelledRecordsThatLookLikeMeasurements) {
  for (const double ratio : {0.1, 1.0, 1.95, 2.0, 50.0}) {
    for (const auto& pretend : pretences()) {
      auto records = with_ratio(ratio);
      for (record::Record& record : records) pretend(record);
      const Verdict verdict = only(catalogue(), records);
      EXPECT_EQ(verdict.kind, VerdictKind::untested);
      EXPECT_FALSE(verdict.measured.known);
      EXPECT_THAT(verdict.reason, HasSubstr("only modelled figures, which decide nothing"));
      ASSERT_THAT(verdict.evidence, SizeIs(1));
      EXPECT_EQ(verdict.evidence[0].kind, EvidenceKind::modelled);
      EXPECT_THAT(verdict.evidence[0].text, HasSubstr("modelled"));
      EXPECT_THAT(verdict.evidence[0].device, HasSubstr("(modelled)"));
    }
  }
}

TEST(Judge, NeverMixesAModelledRecordIntoAMeasuredRatio) {
  for (const auto& pretend : pretences()) {
    for (const std::size_t which : {0u, 1u}) {
      auto records = with_ratio(2);
      pretend(records[which]);
      EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::untested);
    }
  }
}

TEST(Judge, GivesTheSameVerdictWithAdditionalModelledRecords) {
  for (const double ratio : {1.0, 2.0}) {
    const Verdict alone = only(catalogue(), with_ratio(ratio));
    for (const auto& pretend : pretences()) {
      auto records = with_ratio(ratio);
      for (record::Record record : with_ratio(100)) {
        record.id += "-modelled";
        record.started = "2027-01-01T00:00:00.000Z";
        pretend(record);
        records.push_back(record);
      }
      const Verdict beside = only(catalogue(), records);
      EXPECT_EQ(beside.kind, alone.kind);
      EXPECT_EQ(beside.reason, alone.reason);
      EXPECT_EQ(beside.measured.value, alone.measured.value);
      EXPECT_EQ(beside.measured.interval.upper, alone.measured.interval.upper);
    }
  }
}

TEST(Judge, UsesAModelledDeviceOnlyForItsOwnSystem) {
  System system = catalogue().systems.at("box");
  record::DeviceIdentity device = box();
  device.modelled = true;
  device.unique_id = "crate";
  EXPECT_FALSE(matches(system, device));
  device.name = "anything";
  device.unique_id = "box";
  EXPECT_TRUE(matches(system, device));
}

TEST(Judge, DecidesNoClaimByTheSummaryOfAModel) {
  // NaN bounds must not count as met.
  const statistics::Summary summary = statistics::summary_of_model(1e-3);
  EXPECT_EQ(decide(summary.interval, {1e-9, 1}), VerdictKind::inconclusive);
  EXPECT_EQ(decide(summary.interval, {1e9, 1e10}), VerdictKind::inconclusive);
}

TEST(Judge, TakesTheNewestOfRepeatedRunsNotTheFastest) {
  auto records = with_ratio(2);
  record::Record older = measured("r-old", kBf16, 1e-4);
  older.started = "2025-01-01T00:00:00.000Z";
  older.run = "an earlier run";
  records.push_back(older);
  EXPECT_THAT(only(catalogue(), records).evidence[0].records, ElementsAre("r-bf16", "r-f32"));
}

TEST(Judge, TakesTheFastestOfSeveralImplementations) {
  auto records = with_ratio(2);
  record::Record slow = measured("r-slow", kBf16, 1e-2);
  slow.implementation.name = "library/slow";
  slow.implementation.division = results::record::Division::library;
  records.push_back(slow);
  EXPECT_THAT(only(catalogue(), records).evidence[0].records, ElementsAre("r-bf16", "r-f32"));
}

TEST(Judge, CallsAClaimWithoutMeasurementsUntestedAndSaysThatItNeedsOne) {
  const Verdict verdict = only(catalogue(), {});
  EXPECT_EQ(verdict.kind, VerdictKind::untested);
  EXPECT_THAT(verdict.reason, HasSubstr("no Box among the devices measured"));
  EXPECT_TRUE(verdict.needs_measurement);
  EXPECT_FALSE(verdict.measured.known);
}

TEST(Judge, CallsAClaimWithoutAQuantityUntestable) {
  Catalogue with = catalogue();
  with.claims[0].untestable = "the text names no number";
  const Verdict verdict = only(with, with_ratio(2));
  EXPECT_EQ(verdict.kind, VerdictKind::untestable);
  EXPECT_EQ(verdict.reason, "the text names no number");
}

Relation contradiction() {
  Relation relation;
  relation.id = "odd";
  relation.statement = "four chips are five";
  relation.left = "box:chips";
  relation.right = "five";
  relation.constants["five"] = value(5, "", 5);
  relation.claims = {"twice"};
  relation.note = "counting again";
  return relation;
}

TEST(Judge, CallsAClaimThatArithmeticContradictsDisputed) {
  Catalogue with = catalogue();
  with.relations.push_back(contradiction());
  const Verdict verdict = only(with, {});
  EXPECT_EQ(verdict.kind, VerdictKind::disputed);
  EXPECT_THAT(verdict.reason, HasSubstr("4 versus 5: 20% below"));
  ASSERT_THAT(verdict.evidence, SizeIs(1));
  EXPECT_EQ(verdict.evidence[0].kind, EvidenceKind::audited);
  EXPECT_THAT(verdict.evidence[0].text, HasSubstr("counting again"));
}

TEST(Judge, PrefersMeasurementsToArithmeticAndKeepsBoth) {
  Catalogue with = catalogue();
  with.relations.push_back(contradiction());
  const Verdict verdict = only(with, with_ratio(2));
  EXPECT_EQ(verdict.kind, VerdictKind::supported);
  EXPECT_THAT(verdict.evidence, SizeIs(2));
}

TEST(Judge, ShowsArithmeticThatAgreesWithoutCallingItSupport) {
  Catalogue with = catalogue();
  with.relations.push_back(contradiction());
  with.relations[0].constants["five"] = value(4, "", 4);
  const Verdict verdict = only(with, {});
  EXPECT_EQ(verdict.kind, VerdictKind::untested);
  ASSERT_THAT(verdict.evidence, SizeIs(1));
  EXPECT_THAT(verdict.evidence[0].text, HasSubstr("holds: four chips are five"));
}

Catalogue peak_catalogue() {
  Catalogue with = catalogue();
  Claim& claim = with.claims[0];
  claim.quantity = "peak.f32";
  claim.value = value(1, "TFLOP/s", 1e12);
  claim.tolerance = 0;
  with.systems.at("box").properties["memory.bandwidth"] = {value(10, "TB/s", 1e13)};
  claim.test = results::claims::Test{{{"x", "fma type=f32"}}, "rate.flop(x)", {kF32}};
  Share share;
  share.id = "box/peak.f32/fma";
  share.system = "box";
  share.quantity = "peak.f32";
  share.problem = "fma type=f32";
  share.range = {0.8, 0.85};
  share.best = value(0.85, "TFLOP/s", 0.85e12);
  share.implementation = "the maker's library";
  share.best.source.title = "a table";
  with.shares.push_back(share);
  return with;
}

record::Record by_library(record::Record record) {
  record.implementation = {"library/maker", record::Division::library, {}};
  return record;
}

// 1e9 FLOP in 1.2 ms are 83% of 1 TFLOP/s, in 1.3 ms 77%.
TEST(JudgePeak, SupportsItFromTheShareThatItsChipIsKnownToReach) {
  const Verdict reached = only(peak_catalogue(), {measured("a", kF32, 1.2e-3)});
  EXPECT_EQ(reached.kind, VerdictKind::supported);
  EXPECT_LT(reached.measured.interval.lower, reached.measured.value);
  EXPECT_GT(reached.measured.interval.upper, reached.measured.value);
  EXPECT_THAT(reached.evidence[0].text, HasSubstr("83.3% of the peak"));
}

TEST(JudgePeak, RefutesItOnlyByTheVendorsRoutine) {
  const Verdict ours = only(peak_catalogue(), {measured("a", kF32, 1.3e-3)});
  EXPECT_EQ(ours.kind, VerdictKind::not_reached);
  EXPECT_THAT(ours.reason, HasSubstr("native/fma reached"));
  EXPECT_THAT(ours.reason, HasSubstr("says nothing about the chip"));
  EXPECT_THAT(ours.reason, HasSubstr("the vendor's own routine"));
  const Verdict theirs = only(peak_catalogue(), {by_library(measured("a", kF32, 1.3e-3))});
  EXPECT_EQ(theirs.kind, VerdictKind::refuted);
  EXPECT_THAT(theirs.reason, HasSubstr("80% of 1 TFLOP/s, the lowest share"));
  EXPECT_THAT(theirs.reason, HasSubstr("the maker's library, a table"));
}

TEST(JudgePeak, IsNotRefutedByALibraryThatRunsOnAllDevices) {
  record::Record record = by_library(measured("a", kF32, 1.3e-3));
  record.device.backend = "opencl";
  EXPECT_EQ(only(peak_catalogue(), {record}).kind, VerdictKind::not_reached);
}

TEST(JudgePeak, DecidesNothingBetweenTheLowestAndTheBestShare) {
  Catalogue with = peak_catalogue();
  with.shares[0].range = {0.6, 0.95};
  const Verdict verdict = only(with, {by_library(measured("a", kF32, 1.3e-3))});
  EXPECT_EQ(verdict.kind, VerdictKind::not_reached);
  EXPECT_THAT(verdict.reason, HasSubstr("the lowest is 60%"));
}

TEST(JudgePeak, IsNotRefutedByASmallProblem) {
  record::Record record = by_library(measured("a", kF32, 1.3e-4));
  record.work = {1e8, 1e8, kernels::DataType::f32};
  EXPECT_EQ(only(peak_catalogue(), {record}).kind, VerdictKind::not_reached);
}

TEST(Judge, AcceptsARatioWithinItsPublishedDigits) {
  Catalogue with = catalogue();
  with.claims[0].value->range = {1.5, 2.5};
  EXPECT_EQ(only(with, with_ratio(2.4)).kind, VerdictKind::supported);
  EXPECT_EQ(only(with, with_ratio(2.8)).kind, VerdictKind::refuted);
}

TEST(Judge, RefutesARatioThatIsTooLarge) {
  const Verdict verdict = only(catalogue(), with_ratio(2.5));
  EXPECT_EQ(verdict.kind, VerdictKind::refuted);
  EXPECT_THAT(verdict.reason, HasSubstr("stays above the claimed 2× plus or minus"));
  EXPECT_THAT(verdict.reason, testing::ContainsRegex("tolerance of 3% \\([0-9.]+× to [0-9.]+×\\)"));
  Catalogue with = catalogue();
  with.claims[0].comparison = Comparison::at_least;
  EXPECT_EQ(only(with, with_ratio(2.5)).kind, VerdictKind::supported);
}

TEST(JudgePeak, NeverRefutesItWhereNoShareIsKnown) {
  Catalogue with = peak_catalogue();
  with.shares.clear();
  const Verdict slow = only(with, {by_library(measured("a", kF32, 5e-3))});
  EXPECT_EQ(slow.kind, VerdictKind::not_reached);
  EXPECT_THAT(slow.reason, HasSubstr("no share is known"));
  EXPECT_EQ(only(with, {measured("a", kF32, 1.05e-3)}).kind, VerdictKind::supported);
}

TEST(JudgePeak, TakesAShareOfTheSameKindOfProblemOnly) {
  Catalogue with = peak_catalogue();
  with.shares[0].problem = "matmul a=f32 b=f32";
  EXPECT_EQ(find_share(with, with.claims[0]), nullptr);
  EXPECT_EQ(only(with, {by_library(measured("a", kF32, 1.3e-3))}).kind, VerdictKind::not_reached);
}

TEST(JudgePeak, DoesNotBelieveARateAboveIt) {
  const Verdict verdict = only(peak_catalogue(), {measured("a", kF32, 0.9e-3)});
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("the peak, the clock or the measurement is wrong"));
  // The device's clock may be wrong by a little.
  EXPECT_EQ(only(peak_catalogue(), {measured("a", kF32, 0.995e-3)}).kind, VerdictKind::supported);
}

TEST(JudgeAchieved, NeverRefutesWhatSomebodyReachedWithHisProgram) {
  Catalogue with = peak_catalogue();
  with.claims[0].quantity = "achieved.flop.f32.his";
  const Verdict verdict = only(with, {by_library(measured("a", kF32, 2e-3))});
  EXPECT_EQ(verdict.kind, VerdictKind::not_reached);
  EXPECT_THAT(verdict.reason, HasSubstr("the program that its source used"));
  EXPECT_EQ(only(with, {measured("a", kF32, 0.9e-3)}).kind, VerdictKind::supported);
}

record::Record on_a_busy_machine(record::Record record) {
  record.machine_load.own_cpu_share = 0.59;
  record.machine_load.idle_share = 0;
  return record;
}

TEST(JudgeTrust, RefutesNothingOnABusyMachine) {
  auto records = with_ratio(1.5);
  records[0] = on_a_busy_machine(records[0]);
  const Verdict verdict = only(catalogue(), records);
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("the machine was busy"));
  EXPECT_THAT(verdict.reason, HasSubstr("other work took 41%"));
  EXPECT_THAT(verdict.reason, HasSubstr("it would be refuted"));
  EXPECT_THAT(verdict.trust.doubts, SizeIs(1));
}

TEST(JudgeTrust, SaysThatTheMachineWasBusyWhereTheIntervalIsWide) {
  auto records = with_ratio(2, 0.5);
  records[0] = on_a_busy_machine(records[0]);
  const Verdict verdict = only(catalogue(), records);
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("the machine was busy"));
}

TEST(JudgeTrust, RefutesARatioOnlyAtOneClock) {
  auto records = with_ratio(1.5);
  records[0].sensors.clock_hz_median = 1.5e9;
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::inconclusive);
  EXPECT_THAT(only(catalogue(), records).reason, HasSubstr("at one clock"));
  records[0].sensors.clock_hz_median.reset();
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::inconclusive);
  records = with_ratio(1.5);
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::refuted);
  records[0].sensors.clock_stood_still = true;
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::inconclusive)
      << "a sensor that never changes does not show the clock";
}

TEST(JudgeTrust, DoesNotSupportARatioOnABusyMachineEither) {
  auto records = with_ratio(2.2);
  records[1] = on_a_busy_machine(records[1]);
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::inconclusive);
}

TEST(JudgeTrust, BelievesAPeakThatWasReachedInSpiteOfOtherWork) {
  EXPECT_EQ(only(peak_catalogue(), {on_a_busy_machine(measured("a", kF32, 1.2e-3))}).kind,
            VerdictKind::supported);
}

TEST(JudgeTrust, RefutesNothingByUnsettledOrTooFewSamples) {
  auto unsettled = with_ratio(1.5);
  unsettled[0].steady = false;
  EXPECT_EQ(only(catalogue(), unsettled).kind, VerdictKind::inconclusive);
  EXPECT_THAT(only(catalogue(), unsettled).reason, HasSubstr("had not settled"));
  auto few = with_ratio(1.5, 0.001, 5);
  EXPECT_EQ(only(catalogue(), few).kind, VerdictKind::inconclusive);
  EXPECT_THAT(only(catalogue(), few).reason, HasSubstr("5 samples, at least 10 required"));
}

TEST(JudgeTrust, PrefersAnOlderRecordWithoutDoubts) {
  auto records = with_ratio(2);
  record::Record newer = on_a_busy_machine(measured("r-busy", kBf16, 2e-3));
  newer.started = "2026-02-02T00:00:00.000Z";
  records.push_back(newer);
  const Verdict verdict = only(catalogue(), records);
  EXPECT_EQ(verdict.kind, VerdictKind::supported);
  EXPECT_THAT(verdict.evidence[0].records, ElementsAre("r-bf16", "r-f32"));
}

record::Record impossible(record::Record record) {
  record.phases.warm_up = 1;
  record.phases.launches = 9;
  return record;
}

TEST(JudgeTrust, DecidesNothingByTimesThatCannotBeTrue) {
  for (const double ratio : {2.0, 1.5}) {
    auto records = with_ratio(ratio);
    records[0] = impossible(records[0]);
    const Verdict verdict = only(catalogue(), records);
    EXPECT_EQ(verdict.kind, VerdictKind::inconclusive) << ratio;
    EXPECT_THAT(verdict.reason, HasSubstr("only 1.00 s passed"));
  }
}

TEST(JudgeTrust, DoesNotTakeTimesThatCannotBeTrueForTheFastest) {
  auto records = with_ratio(1.5);
  record::Record liar = impossible(measured("r-liar", kBf16, 1e-6));
  liar.implementation.name = "native/liar";
  records.push_back(liar);
  EXPECT_EQ(only(catalogue(), records).kind, VerdictKind::refuted);
}

TEST(JudgeTrust, DoubtsARateFarAboveTheCeilingMeasuredBesideIt) {
  const record::Record beside = measured("r-fma", kF32, 1e-3);
  record::Record fast = measured("r-fast", "matmul m=8 n=8 k=8", 1e-4);
  const std::vector<record::Record> records = {beside, fast};
  trust::Beside both(records), alone(std::span(&fast, 1));
  EXPECT_TRUE(both.trust_of(fast).has(trust::Fault::implausible));
  EXPECT_TRUE(alone.trust_of(fast).may_decide());
  fast.run = "another";
  EXPECT_TRUE(both.trust_of(fast).may_decide());
}

TEST(Judge, DoesNotCountWhatNobodyStated) {
  Catalogue with = catalogue();
  with.claims[0].derived = "a calculation";
  EXPECT_THAT(Judge(with, {}).verdicts("talk"), IsEmpty());
  EXPECT_THAT(Judge(with, {}).derived("talk"), SizeIs(1));
}

TEST(Judge, UsesOnlyOperandsLargerThanTheCacheForMemory) {
  Catalogue with = peak_catalogue();
  with.claims[0].test->quantity = "rate.byte(x)";
  with.claims[0].quantity = "memory.bandwidth";
  with.claims[0].value = value(1, "TB/s", 1e12);
  record::Record record = measured("a", kF32, 1e-3);
  EXPECT_EQ(only(with, {record}).kind, VerdictKind::supported);
  record.device.cache_bytes = 1u << 30;
  EXPECT_EQ(only(with, {record}).kind, VerdictKind::untested);
}

TEST(Judge, CallsDisagreeingDevicesInconclusive) {
  record::Record fast = measured("a", kF32, 1.2e-3), slow = measured("b", kF32, 2e-3);
  slow.device.unique_id = "second";
  const Verdict verdict = only(peak_catalogue(), {by_library(fast), by_library(slow)});
  EXPECT_EQ(verdict.kind, VerdictKind::inconclusive);
  EXPECT_THAT(verdict.reason, HasSubstr("disagree"));
  EXPECT_THAT(verdict.evidence, SizeIs(2));
  // A device that only ran a slow routine contradicts nothing.
  EXPECT_EQ(only(peak_catalogue(), {by_library(fast), slow}).kind, VerdictKind::supported);
}

TEST(Judge, MarksClaimsOfUnverifiedSource) {
  Catalogue with = catalogue();
  with.claims[0].standing = Standing::unverified;
  EXPECT_THAT(only(with, {}).reason, HasSubstr("unverified"));
}

TEST(Judge, RefusesAnUnknownSetAndListsTheKnownOnes) {
  try {
    Judge(kept(), {}).verdicts("tolk");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("did you mean `talk`?"));
    EXPECT_THAT(error.hint(), HasSubstr("other, talk"));
  }
}

TEST(JudgePresentDevices, JudgesClaimsOfOtherSetsAboutDevicesThatWereMeasured) {
  EXPECT_THAT(Judge(kept(), with_ratio(2)).verdicts_on_present_devices("other"), SizeIs(1));
  EXPECT_THAT(Judge(kept(), with_ratio(2)).verdicts_on_present_devices("talk"), IsEmpty());
  EXPECT_THAT(Judge(kept(), {}).verdicts_on_present_devices("other"), IsEmpty());
}

TEST(Match, RecognisesZen4ByFamilyAndModel) {
  const Catalogue built_in = built_in_catalogue();
  const System& zen4 = built_in.systems.at("amd-zen4");
  record::DeviceIdentity device = box();
  EXPECT_TRUE(matches(zen4, device));
  for (const char* model : {"16", "31", "97", "117", "160", "175"}) {
    device.properties["cpu.model"] = model;
    EXPECT_TRUE(matches(zen4, device)) << model;
  }
  for (const char* model : {"1", "15", "32", "33", "80", "95", "128", "159", "176", "170000"}) {
    device.properties["cpu.model"] = model;
    EXPECT_FALSE(matches(zen4, device)) << model;
  }
  device = box();
  device.properties["cpu.family"] = "26";
  EXPECT_FALSE(matches(zen4, device));
}

TEST(Match, RecognisesZen5WithItsWideDataPathByFamilyAndModel) {
  const Catalogue built_in = built_in_catalogue();
  const System& zen5 = built_in.systems.at("amd-zen5");
  record::DeviceIdentity device = box();
  EXPECT_FALSE(matches(zen5, device));
  device.properties["cpu.family"] = "26";
  for (const char* model : {"2", "17", "31", "68", "79"}) {
    device.properties["cpu.model"] = model;
    EXPECT_TRUE(matches(zen5, device)) << model;
  }
  for (const char* model : {"32", "36", "63", "80", "112", "680"}) {
    device.properties["cpu.model"] = model;
    EXPECT_FALSE(matches(zen5, device)) << model;
  }
}

TEST(Match, RecognisesAcceleratorsByName) {
  const Catalogue built_in = built_in_catalogue();
  const auto system_of = [&](const char* name) {
    std::vector<std::string> out;
    record::DeviceIdentity device;
    device.name = name;
    const std::map<std::string, std::uint32_t> units = {
        {"AMD Instinct MI300X", 304}, {"AMD Instinct MI325X", 304}, {"AMD Instinct MI350X", 256},
        {"AMD Instinct MI355X", 256}, {"AMD Instinct MI300A", 228}, {"Ascend910_9362", 20},
        {"Ascend910_9372", 20},       {"Ascend910_9391", 24},       {"Ascend910_9392", 24}};
    if (const auto found = units.find(name); found != units.end()) {
      device.compute_units = found->second;
    }
    for (const auto& [id, system] : built_in.systems) {
      if (matches(system, device)) out.push_back(id);
    }
    return out;
  };
  const std::map<std::string, std::string> systems = {
      {"NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"},
      {"NVIDIA A100-SXM4-80GB", "a100-sxm"},
      {"NVIDIA A100-PCIE-40GB", "a100-pcie-40gb"},
      {"NVIDIA A100 80GB PCIe", "a100-pcie"},
      {"NVIDIA A800-SXM4-80GB", "a800-sxm"},
      {"NVIDIA H100 80GB HBM3", "h100-sxm"},
      {"NVIDIA H100 PCIe", "h100-pcie"},
      {"NVIDIA H100 NVL", "h100-nvl"},
      {"NVIDIA H200", "h200-sxm"},
      {"NVIDIA H200 NVL", "h200-nvl"},
      {"NVIDIA H800", "h800-sxm"},
      {"NVIDIA H800 PCIe", "h800-pcie"},
      {"NVIDIA H20", "h20"},
      {"NVIDIA GH200 480GB", "gh200-96gb"},
      {"NVIDIA GH200 144G HBM3e", "gh200"},
      {"NVIDIA B200", "b200-sxm"},
      {"NVIDIA B300 SXM6 AC", "b300-sxm"},
      {"NVIDIA GB200", "gb200"},
      {"NVIDIA GB300", "gb300"},
      {"AMD Instinct MI300X", "mi300x"},
      {"AMD Instinct MI300A", "mi300a"},
      {"AMD Instinct MI325X", "mi325x"},
      {"AMD Instinct MI350X", "mi350x"},
      {"AMD Instinct MI355X", "mi355x"},
      {"HL-225", "gaudi2"},
      {"HL-325L", "gaudi3"},
  };
  for (const auto& [name, system] : systems) {
    EXPECT_THAT(system_of(name.c_str()), ElementsAre(system)) << name;
  }
  for (const char* name : {"NVIDIA H20-3e", "NVIDIA H800 NVL", "NVIDIA A100-SXM-64GB", "HL-338",
                           "NVIDIA H100 80GB HBM3 MIG 1g.10gb", "Ascend910B1", "Ascend910B"}) {
    EXPECT_THAT(system_of(name), IsEmpty()) << name;
  }
  EXPECT_THAT(system_of("Ascend910_9382"), ElementsAre("ascend910c"));
  // The grades of the 910C: a device is a die, and only two grades are known as packages.
  EXPECT_THAT(system_of("Ascend910_9362"), ElementsAre("ascend910c-die-9362"));
  EXPECT_THAT(system_of("Ascend910_9372"), ElementsAre("ascend910c-626", "ascend910c-die-9372"));
  EXPECT_THAT(system_of("Ascend910_9391"), ElementsAre("ascend910c-die-9392"));
  EXPECT_THAT(system_of("Ascend910_9392"), ElementsAre("ascend910c-die-9392"));
  EXPECT_THAT(system_of("Ascend 910C"), ElementsAre("ascend910c"));
  EXPECT_THAT(system_of(""), IsEmpty());
}

TEST(JudgeBuiltIn, DecidesNothingOfTheWaicClaimsWithoutTheirDevices) {
  for (const Verdict& verdict : Judge(built_in(), with_ratio(2)).verdicts("waic-2025")) {
    EXPECT_NE(verdict.kind, VerdictKind::supported) << verdict.claim;
    EXPECT_NE(verdict.kind, VerdictKind::refuted) << verdict.claim;
    EXPECT_THAT(verdict.reason, Not(IsEmpty())) << verdict.claim;
  }
}

TEST(JudgeBuiltIn, CallsTheTotalDisputedAndTheSloganUntestable) {
  std::map<std::string, Verdict> verdicts;
  for (const Verdict& verdict : Judge(built_in(), {}).verdicts("waic-2025")) {
    verdicts[verdict.claim] = verdict;
  }
  EXPECT_EQ(verdicts.at("cloudmatrix384-bf16-peak").kind, VerdictKind::disputed);
  EXPECT_THAT(verdicts.at("cloudmatrix384-bf16-peak").reason,
              HasSubstr("384 × 752 TFLOP/s = 288.8 PFLOP/s"));
  EXPECT_EQ(verdicts.at("waic-benchmarks").kind, VerdictKind::untestable);
}

TEST(JudgeBuiltIn, DecidesTheZen4RatiosFromTheirRecords) {
  const std::string f64 = "fma n=1024 steps=1000 type=f64 acc=f64 dist=integer seed=1";
  const std::string i8 = "fma n=1024 steps=1000 type=i8 acc=i32 dist=integer seed=1";
  const std::vector<record::Record> records = {measured("a", kBf16, 0.5e-3),
                                               measured("b", kF32, 1e-3), measured("c", f64, 2e-3),
                                               measured("d", i8, 0.25e-3)};
  const auto verdicts = Judge(built_in(), records).verdicts_on_present_devices("waic-2025");
  EXPECT_THAT(verdicts, SizeIs(3));
  for (const Verdict& verdict : verdicts) EXPECT_EQ(verdict.kind, VerdictKind::supported);
}

}  // namespace
}  // namespace assay::results::claims::verdict_test
