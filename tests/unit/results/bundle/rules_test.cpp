#include "results/bundle/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "tests/unit/results/bundle/sample.h"

namespace assay::results::bundle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::map<std::string, RuleResult> broken_of(const BundleContents& contents) {
  const Bundle bundle = read_bundle(write_bundle(contents, kSampleWriter), "x.assay");
  std::map<std::string, RuleResult> broken;
  for (const BundleRule& rule : bundle_rules()) {
    RuleResult result = rule.judge(bundle);
    if (!result.violations.empty()) broken.emplace(rule.id, std::move(result));
  }
  return broken;
}

using Violation = std::function<void(BundleContents&)>;

Violation in_record(const std::function<void(record::Record&)>& change) {
  return [change](BundleContents& contents) { change(contents.records[1]); };
}

void set_environment(BundleContents& contents, const std::string& json) {
  contents.environments = {{sha256(json), json}};
  contents.run.environment = sha256(json);
  for (record::Record& record : contents.records) record.environment = sha256(json);
}

void retime(record::Record& record, std::vector<double> seconds) {
  record.device_seconds = record.host_seconds = std::move(seconds);
  record.summary = statistics::summarize(record.device_seconds);
}

/// Replaces both records by such of these problems.
void replace_problems(BundleContents& contents, const std::string& one, const std::string& other) {
  contents.records = {sample_record(1, one), sample_record(2, other)};
  contents.run.plan = sample_plan(contents.records);
}

/// One rule broken, and no other.
const std::multimap<std::string, Violation>& violations() {
  static const std::multimap<std::string, Violation> all = {
      {"verified",
       in_record([](record::Record& r) { r.check.outcome = kernels::Outcome::suspicious; })},
      {"verified", in_record([](record::Record& r) { r.check.elements = 0; })},
      {"verified", in_record([](record::Record& r) { r.check.worst = 1.5; })},
      {"verified", in_record([](record::Record& r) { r.check.worst = -1; })},
      {"no-failure", in_record([](record::Record& r) { r.status = record::Status::crashed; })},
      {"no-failure", in_record([](record::Record& r) { r.status = record::Status::wrong; })},
      {"complete", [](BundleContents& c) { c.records.pop_back(); }},
      {"complete", [](BundleContents& c) { c.run.ended.clear(); }},
      {"complete", in_record([](record::Record& r) { r.repetition = 1; })},
      {"complete", [](BundleContents& c) { c.run.plan = "[]"; }},
      {"complete", [](BundleContents& c) { c.run.plan = "[1,{\"device\":2}]"; }},
      {"minimum-samples",
       in_record([](record::Record& r) { retime(r, std::vector<double>(9, 1e-3)); })},
      {"minimum-samples", in_record([](record::Record& r) { r.settings.minimum_samples = 41; })},
      {"minimum-time",
       in_record([](record::Record& r) { r.phases.warm_up = r.phases.sample = 0.004; })},
      {"steady", in_record([](record::Record& r) { r.steady = false; })},
      {"interval", in_record([](record::Record& r) { r.target_met = false; })},
      {"interval", in_record([](record::Record& r) { r.settings.target = 0.05; })},
      {"interval", in_record([](record::Record& r) {
         r.settings.confidence = 0.5;
         r.summary = statistics::summarize(r.device_seconds, 0.5);
       })},
      {"interval", in_record([](record::Record& r) {
         // The rule does not trust the record's own statement.
         std::vector<double> wide;
         for (int i = 0; i < 40; ++i) wide.push_back(1e-3 * (1 + i * 17 % 40));
         retime(r, wide);
       })},
      {"figures", in_record([](record::Record& r) { r.summary.median *= 0.9; })},
      {"figures", in_record([](record::Record& r) { r.summary.minimum *= 0.9; })},
      {"figures", in_record([](record::Record& r) { r.summary.count += 1; })},
      {"figures", in_record([](record::Record& r) { r.summary.interval.lower *= 0.9; })},
      {"figures", in_record([](record::Record& r) { r.summary.interval.upper *= 1.1; })},
      {"figures", in_record([](record::Record& r) { r.summary.confidence = 0.99; })},
      {"figures", in_record([](record::Record& r) { r.summary.effective_count *= 0.5; })},
      {"own-samples", [](BundleContents& c) { retime(c.records[1], c.records[0].device_seconds); }},
      {"sensors-possible", in_record([](record::Record& r) { r.sensors.clock_hz_median = 1e12; })},
      {"sensors-possible", in_record([](record::Record& r) { r.sensors.clock_hz_minimum = 4e9; })},
      {"sensors-possible", in_record([](record::Record& r) { r.sensors.power_watts = -5; })},
      {"sensors-possible",
       in_record([](record::Record& r) { r.sensors.temperature_celsius_maximum = 5000; })},
      {"sensors-possible", in_record([](record::Record& r) { r.machine_load.own_cpu_share = 7; })},
      {"sensors-possible", in_record([](record::Record& r) { r.energy.joules_per_launch = 1e-9; })},
      {"sensors-possible", in_record([](record::Record& r) {
         r.energy.joules_per_launch = 1;
         r.energy.joules_upper = 0.9;
       })},
      {"sensors-possible", in_record([](record::Record& r) {
         r.energy.joules_per_launch = 1;
         r.energy.rate_per_watt = 1e15;
       })},
      {"clocks-agree", in_record([](record::Record& r) {
         for (double& host : r.host_seconds) host /= 2;
       })},
      {"clocks-agree", in_record([](record::Record& r) { r.host_seconds.pop_back(); })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks.hot.device /= 10; })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks = {}; })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks.timed.wall = 6; })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks.timed.largest_excess = 6; })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks.hot.wall *= 2; })},
      {"clocks-agree", in_record([](record::Record& r) { r.clocks.timed.host = 1e-3; })},
      {"clocks-agree", in_record([](record::Record& r) {
         r.clocks.hot.device = r.clocks.hot.host = r.clocks.hot.wall = 1;
       })},
      {"work-in-launches", in_record([](record::Record& r) { r.challenges = {}; })},
      {"work-in-launches", in_record([](record::Record& r) { r.challenges.changed_calls = 1; })},
      {"work-in-launches",
       in_record([](record::Record& r) { r.challenges.first_seconds = 100 * r.summary.median; })},
      {"resolution", in_record([](record::Record& r) {
         retime(r, sample_times(1e-10));
         r.clocks.hot = {3, 60, 6e-9, 6e-9, 6e-9, 0};
       })},
      {"peak",
       [](BundleContents& c) {
         // 1.22 PFLOP/s of a published 0.99.
         replace_problems(c, "copy n=64 type=f32", "matmul m=8192 n=8192 k=8192 a=bf16 b=bf16 c=f32");
         c.records[1].device.name = "NVIDIA H200";
         retime(c.records[1], sample_times(0.9e-3));
       }},
      {"ceiling",
       [](BundleContents& c) {
         // 2 GFLOP/s of fma, 1 TFLOP/s of matmul.
         replace_problems(c, "fma n=1024 steps=1000 type=f32", "matmul m=1024 n=1024 k=1024 a=f32 b=f32 c=f32");
       }},
      {"conformance",
       [](BundleContents& c) {
         std::string json = kSampleEnvironment;
         const std::string modules = R"("modules":{)";
         set_environment(
             c, json.insert(json.find(modules) + modules.size(),
                            R"("cpu":{"conformance":"fails 2 of 69 clauses on 2026-11-29"})"));
       }},
      {"work", in_record([](record::Record& r) { r.work.bytes *= 2; })},
      {"work", in_record([](record::Record& r) { r.operation = "fma"; })},
      {"operands", in_record([](record::Record& r) { r.operands_hash.clear(); })},
      {"operands",
       [](BundleContents& c) {
         c.records[1] = sample_record(2, "copy n=64 type=f32");
         c.records[1].operands_hash = "1";
         c.run.plan = c.run.plan.substr(0, c.run.plan.find("},") + 1) + "]";
       }},
      {"no-throttling", in_record([](record::Record& r) { r.throttling.kept_launches = 1; })},
      {"no-throttling", in_record([](record::Record& r) { r.sensors.throttle = "power cap"; })},
      {"clocks-recorded", in_record([](record::Record& r) { r.sensors.clock_hz_median.reset(); })},
      {"clocks-recorded", in_record([](record::Record& r) { r.sensors.clock_stood_still = true; })},
      {"dates", in_record([](record::Record& r) { r.started = "2026-11-24T15:38:01.158Z"; })},
      {"dates", in_record([](record::Record& r) { r.started = "2026-11-25T16:38:01.158Z"; })},
      {"dates", in_record([](record::Record& r) { r.phases.warm_up = 1000; })},
      {"dates", [](BundleContents& c) { c.run.ended = "2026-11-25T15:30:00.000Z"; }},
      {"dates", [](BundleContents& c) { c.run.ended = "9999-11-25T15:38:01.158Z"; }},
      {"environment-recorded", in_record([](record::Record& r) { r.environment.clear(); })},
      {"environment-recorded",
       [](BundleContents& c) { set_environment(c, R"({"build":{"type":"Release"}})"); }},
      {"known-build", [](BundleContents& c) { c.run.assay_version = "0.1.0 (2c04b1-dirty)"; }},
      {"known-build", [](BundleContents& c) { c.run.assay_version = "0.1.0 ()"; }},
      {"optimised-build",
       [](BundleContents& c) {
         std::string json = kSampleEnvironment;
         set_environment(c, json.replace(json.find("Release"), 7, "Debug"));
       }},
      {"no-modelled-figure", in_record([](record::Record& r) {
         r.origin = record::Origin::modelled;
         r.device.modelled = true;
         r.device.backend = "cpu";
         r.device.unique_id = "0";
       })},
      {"no-imported-figure",
       in_record([](record::Record& r) { r.origin = record::Origin::imported; })},
      {"no-secret",
       in_record([](record::Record& r) { r.device.driver = "https://ada:quiet@x.example"; })},
      {"no-secret", [](BundleContents& c) { c.run.command = "assay run --token quiet"; }},
  };
  return all;
}

TEST(BundleRules, AreKeptByARunThatWasMadeAsItShould) {
  for (const auto& [id, result] : broken_of(sample_contents())) {
    ADD_FAILURE() << id << ": " << result.violations[0].what;
  }
}

TEST(BundleRules, AreEachBrokenByWhatTheyForbidAndByNothingElse) {
  std::set<std::string> covered;
  for (const auto& [id, violate] : violations()) {
    BundleContents contents = sample_contents();
    violate(contents);
    std::vector<std::string> broken;
    for (const auto& [other, result] : broken_of(contents)) broken.push_back(other);
    EXPECT_THAT(broken, ElementsAre(id));
    covered.insert(id);
  }
  EXPECT_EQ(covered.size(), bundle_rules().size());
}

TEST(BundleRules, AllowTimesThatChanceRepeats) {
  BundleContents contents = sample_contents();
  // A clock with a coarse tick gives few different times.
  std::vector<double> ticks(40, 2e-3);
  ticks[7] = 2.001e-3;
  for (record::Record& record : contents.records) retime(record, ticks);
  EXPECT_FALSE(broken_of(contents).contains("own-samples"));
}

TEST(BundleRules, AllowHostsWhoseClocksDifferByMinutes) {
  BundleContents contents = sample_contents();
  contents.records[1].started = "2026-11-25T15:34:00.000Z";
  EXPECT_FALSE(broken_of(contents).contains("dates"));
}

TEST(BundleRules, NameWhatBreaksThem) {
  BundleContents contents = sample_contents();
  contents.records[1].throttling.kept_launches = 3;
  const auto broken = broken_of(contents);
  ASSERT_TRUE(broken.contains("no-throttling"));
  const RuleResult& result = broken.at("no-throttling");
  EXPECT_EQ(result.judged, 2u);
  ASSERT_EQ(result.violations.size(), 1u);
  EXPECT_EQ(result.violations[0].subject, "cpu:0 triad n=64 type=f32 native/stream");
  EXPECT_THAT(result.violations[0].what, HasSubstr("3 launches"));
}

TEST(BundleRules, FitALineEach) {
  for (const BundleRule& rule : bundle_rules()) {
    EXPECT_LE(rule.id.size(), 21u) << rule.id;
    EXPECT_LE(rule.text.size(), 48u) << rule.text;
  }
}

TEST(BundleRules, AreFoundByTheirNames) {
  EXPECT_EQ(find_bundle_rule("steady", "--waive").id, "steady");
  try {
    find_bundle_rule("stedy", "--waive");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--waive"));
    EXPECT_THAT(error.hint(), HasSubstr("`steady`"));
  }
}

}  // namespace
}  // namespace assay::results::bundle
