// Which claims are measured once more after the first measurement, and with what budget.
#include "harness/cli/run/continuation.h"

#include <gmock/gmock.h>

#include <string>

namespace assay::cli::run {
namespace {

using results::claims::EvidenceKind;
using results::claims::Verdict;
using results::claims::VerdictKind;
using testing::ElementsAre;
using testing::SizeIs;

results::record::Record record(const std::string& id, const std::string& type) {
  results::record::Record out;
  out.id = id;
  out.problem = "fma n=65536 steps=2048 type=" + type;
  out.implementation.name = "native/fma";
  out.settings.mode = results::record::Mode::hot;
  out.settings.budget_seconds = 4;
  out.summary.count = 50;
  out.summary.median = 1;
  out.summary.interval = {0.992, 1.008};
  out.target_met = true;
  out.phases.warm_up = 0.2;
  out.phases.sample = 0.8;
  return out;
}

/// Two measurements whose ratio an inconclusive verdict rests on.
struct Case {
  std::vector<results::record::Record> records = {record("a", "f64"), record("b", "f32")};
  ClaimVerdicts judged;
  RunOptions options;

  Case() {
    Verdict verdict;
    verdict.claim = "half";
    verdict.kind = VerdictKind::inconclusive;
    verdict.measured.known = true;
    verdict.decision.additional_samples = 150;
    verdict.evidence = {{EvidenceKind::measured, "", {"a", "b"}, "", ""}};
    judged.verdicts = {verdict};
  }
  Verdict& verdict() { return judged.verdicts[0]; }
  std::optional<Continuation> result() const { return continuation(options, judged, records); }
};

TEST(Continuation, AsksForTheSamplesThatWouldProbablyDecide) {
  const Case one;
  const auto more = one.result();
  ASSERT_TRUE(more);
  EXPECT_THAT(more->claims, ElementsAre("half"));
  ASSERT_THAT(more->problems, SizeIs(2));
  const auto& how = more->problems[0].measurement;
  // Four times the 50 samples: half the width, with some slack, in four times the second and half
  // as much again.
  EXPECT_NEAR(how.target.value(), 1.2 * 0.008 / 2, 1e-9);
  EXPECT_NEAR(how.budget_seconds.value(), 6, 1e-9);
  EXPECT_EQ(how.mode, results::record::Mode::hot);
  EXPECT_THAT(how.implementations, ElementsAre("native/fma"));
  EXPECT_NEAR(more->seconds, 12, 1e-9);
}

TEST(Continuation, IsNotForDecidedClaims) {
  Case one;
  one.verdict().kind = VerdictKind::supported;
  EXPECT_FALSE(one.result());
}

TEST(Continuation, DoesNotMeasureAgainOnABusyMachine) {
  Case one;
  one.verdict().trust.doubts = {{results::trust::Fault::busy, "other work", {}}};
  EXPECT_FALSE(one.result());
  one.verdict().trust.doubts = {{results::trust::Fault::drift, "a drift", {}}};
  EXPECT_FALSE(one.result());
}

TEST(Continuation, GivesMoreTimeWhereTheTargetWasMissed) {
  Case one;
  one.verdict().decision.additional_samples.reset();
  EXPECT_FALSE(one.result());
  one.verdict().trust.doubts = {{results::trust::Fault::interval, "target missed", {}}};
  one.records[1].target_met = false;
  one.records[1].summary.interval = {0.98, 1.02};
  const auto more = one.result();
  ASSERT_TRUE(more);
  // The other one keeps its four seconds.
  EXPECT_NEAR(more->problems[0].measurement.budget_seconds.value(), 4, 1e-9);
  EXPECT_NEAR(more->problems[1].measurement.budget_seconds.value(), 6, 1e-9);
}

TEST(Continuation, StaysWithinItsLimits) {
  Case one;
  one.verdict().decision.additional_samples = 50 * 25;
  EXPECT_FALSE(one.result());
}

TEST(Continuation, ObeysTheUser) {
  Case one;
  one.options.what.measurement.budget_seconds = 1;
  EXPECT_FALSE(one.result());
  one.options.what.measurement.budget_seconds.reset();
  one.options.repeats = 3;
  EXPECT_FALSE(one.result());
}

TEST(Continuation, MeasuresAProblemOfTwoClaimsOnce) {
  Case one;
  one.records.push_back(record("c", "bf16"));
  Verdict other = one.verdict();
  other.claim = "also half";
  other.decision.additional_samples = 350;
  other.evidence[0].records = {"b", "c"};
  one.judged.verdicts.push_back(other);
  const auto more = one.result();
  ASSERT_TRUE(more);
  ASSERT_THAT(more->problems, SizeIs(3));
  EXPECT_NEAR(more->problems[1].measurement.budget_seconds.value(), 12, 1e-9);
  EXPECT_THAT(more->claims, ElementsAre("half", "also half"));
}

}  // namespace
}  // namespace assay::cli::run
