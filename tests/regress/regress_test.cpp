#include "results/regress/regress.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "tests/regress/synthetic.h"

namespace assay::results {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string day(std::size_t run) {
  return fmt::format("2025-{:02}-{:02}", 1 + run / 28, 1 + run % 28);
}

results::regress::Series series_with(double step, std::size_t runs = 200, std::size_t at = 120) {
  synthetic::Course course;
  course.step_at = at;
  course.step = step;
  const auto values = synthetic::history(synthetic::Noise::normal, runs, 11, course);
  results::regress::Series series;
  series.device = "cpu Example";
  series.problem = "matmul m=64 n=64 k=64";
  series.implementation = "library/onednn";
  series.mode = record::Mode::hot;
  for (std::size_t i = 0; i < runs; ++i) {
    results::regress::HistoryRun run;
    run.run = fmt::format("{:08x}-run", i);
    run.started = day(i) + "T02:00:00.000Z";
    run.environment = i < at ? "old" : "new";
    run.value = values[i];
    series.runs.push_back(run);
  }
  return series;
}

std::string environment(const std::string& hash) {
  return hash == "old" ? R"({"driver":"1","kernel":"6.1"})" : R"({"driver":"2","kernel":"6.1"})";
}

results::regress::RegressOptions options_with(std::vector<results::regress::Accepted> accepted = {},
                                              const std::string& today = "2025-12-01") {
  results::regress::RegressOptions options;
  options.today = today;
  options.accepted = std::move(accepted);
  return options;
}

results::regress::Accepted entry(const std::string& run, const std::string& date = "",
                                 double at_most = 0) {
  return {"matmul*onednn", run, date, at_most, "known", "2025-12-31", "accepted.toml:1"};
}

TEST(HistoryValues, OfACollectiveAreItsBusbwByName) {
  results::regress::Series series;
  series.operation = "all_reduce";
  series.problem = "all_reduce ranks=4 n=250000 type=f32";
  series.work = {0, 1e6};
  EXPECT_EQ(value_text(series, 1e-3), "1.5 GB/s busbw");
  series.operation = "copy";
  series.problem = "copy n=125000 type=f32";
  EXPECT_EQ(value_text(series, 1e-3), "1 GB/s");
}

TEST(Regressions, NameTheFirstRunAndWhatChangedWithIt) {
  const auto options = options_with();
  const results::regress::Regressions found =
      find_regressions({series_with(0.05)}, options, environment);
  ASSERT_THAT(found.findings, SizeIs(1));
  const results::regress::ReportedFinding& reported = found.findings[0];
  EXPECT_EQ(reported.state, results::regress::FindingState::regression);
  EXPECT_EQ(reported.finding.first, 120U);
  ASSERT_THAT(reported.environment, SizeIs(1));
  EXPECT_EQ(reported.environment[0].key, "driver");
  EXPECT_EQ(reported.environment[0].before, "1");
  EXPECT_EQ(reported.environment[0].after, "2");
  EXPECT_EQ(found.regressions(), 1U);
}

TEST(Regressions, LessTimeIsAnImprovement) {
  const auto options = options_with();
  const results::regress::Regressions found =
      find_regressions({series_with(-0.05)}, options, environment);
  ASSERT_THAT(found.findings, SizeIs(1));
  EXPECT_EQ(found.findings[0].state, results::regress::FindingState::improvement);
  EXPECT_EQ(found.regressions(), 0U);
}

TEST(Regressions, AreAcceptedByRunOrDayUntilTheEntryExpires) {
  for (const results::regress::Accepted& accepted :
       {entry(fmt::format("{:08x}", 120)), entry("", day(120))}) {
    const auto held = options_with({accepted});
    const results::regress::Regressions found =
        find_regressions({series_with(0.05)}, held, environment);
    EXPECT_EQ(found.findings.at(0).state, results::regress::FindingState::accepted);
    EXPECT_THAT(found.unused, IsEmpty());
    const auto late = options_with({accepted}, "2026-01-01");
    const results::regress::Regressions expired =
        find_regressions({series_with(0.05)}, late, environment);
    EXPECT_EQ(expired.findings.at(0).state, results::regress::FindingState::regression);
    EXPECT_TRUE(expired.findings.at(0).expired);
  }
}

TEST(Regressions, AreNotAcceptedByAnEntryOfAnotherRunSeriesOrSize) {
  results::regress::Accepted other = entry(fmt::format("{:08x}", 120));
  other.series = "attention";
  for (const results::regress::Accepted& accepted :
       {entry(fmt::format("{:08x}", 60)), entry("", day(60)),
        entry(fmt::format("{:08x}", 120), "", 0.03), other}) {
    const auto options = options_with({accepted});
    const results::regress::Regressions found =
        find_regressions({series_with(0.05)}, options, environment);
    EXPECT_EQ(found.findings.at(0).state, results::regress::FindingState::regression);
    EXPECT_THAT(found.unused, SizeIs(1));
  }
}

TEST(Regressions, CountSeriesThatAreTooShort) {
  const auto options = options_with();
  const results::regress::Regressions found = find_regressions(
      {series_with(0.05, 1), series_with(0.05, 6), series_with(0.05, 7)}, options, environment);
  EXPECT_THAT(found.findings, IsEmpty());
  EXPECT_EQ(found.short_series, 2U);
  EXPECT_EQ(found.missing_runs, 1U);
  EXPECT_EQ(found.large_only, 1U);
  EXPECT_EQ(found.judged(), 1U);
}

TEST(Regressions, IncludeOnlyChangesSinceADay) {
  auto options = options_with();
  options.since = day(121);
  EXPECT_THAT(find_regressions({series_with(0.05)}, options, environment).findings, IsEmpty());
  options.since = day(110);
  EXPECT_THAT(find_regressions({series_with(0.05)}, options, environment).findings, SizeIs(1));
}

results::record::Record record_of(const std::string& run, const std::string& started,
                                  double seconds) {
  results::record::Record record;
  record.id = run + started;
  record.run = run;
  record.started = started;
  record.problem = "copy n=1";
  record.device.backend = "cuda";
  record.device.name = "GPU";
  record.implementation.name = "native/stream";
  record.settings.mode = results::record::Mode::hot;
  record.check.outcome = kernels::Outcome::right;
  record.summary.median = seconds;
  record.summary.interval = {seconds, seconds};
  record.steady = record.target_met = true;
  return record;
}

TEST(SeriesOfRecords, HaveOneEntryPerRunInTheOrderOfTheirStart) {
  // The second run is stored first, as if a clock was set back or runs were imported.
  const std::vector<results::record::Record> records = {record_of("b", "2025-01-02", 2),
                                                        record_of("a", "2025-01-01", 1),
                                                        record_of("b", "2025-01-02", 4)};
  const auto series = results::regress::series_of(records, {}, {});
  ASSERT_THAT(series, SizeIs(1));
  ASSERT_THAT(series[0].runs, SizeIs(2));
  EXPECT_EQ(series[0].runs[0].run.str(), "a");
  EXPECT_EQ(series[0].runs[1].value, 3);
  EXPECT_EQ(series[0].runs[1].records, 2U);
}

TEST(SeriesOfRecords, AreTheSameInWhateverOrderTheyCome) {
  results::regress::SeriesCollector collector({}, {});
  for (const auto& record : {record_of("b", "2025-01-03", 4), record_of("a", "2025-01-01", 1),
                             record_of("b", "2025-01-02", 2)}) {
    const auto point = results::store::point_of(record, results::trust::trust_of(record));
    ASSERT_TRUE(point);
    collector.add(*point);
  }
  const auto series = collector.take();
  ASSERT_THAT(series, SizeIs(1));
  ASSERT_THAT(series[0].runs, SizeIs(2));
  EXPECT_EQ(series[0].runs[1].started, "2025-01-02");
  EXPECT_EQ(series[0].runs[1].value, 3);
  EXPECT_EQ(series[0].runs[1].interval.upper, 4);
}

TEST(SeriesOfRecords, KeepResultsApartThatMayBeOff) {
  auto busy = record_of("b", "2025-01-02", 2), drifting = record_of("c", "2025-01-03", 2),
       wide = record_of("d", "2025-01-04", 2);
  busy.machine_load.own_cpu_share = 0.5;
  drifting.steady = false;
  wide.target_met = false;
  const std::vector<results::record::Record> records = {record_of("a", "2025-01-01", 1), busy,
                                                        drifting, wide};
  const auto series = results::regress::series_of(records, {}, {});
  ASSERT_THAT(series, SizeIs(1));
  ASSERT_THAT(series[0].runs, SizeIs(2));
  EXPECT_EQ(series[0].runs[1].run.str(), "d") << "a wide interval alone does not move a figure";
  ASSERT_THAT(series[0].unused, SizeIs(2));
  EXPECT_TRUE(series[0].unused[0].trust.has(results::trust::Fault::busy));
  EXPECT_EQ(series[0].unused[1].run.str(), "c");
}

TEST(SeriesOfRecords, HoldNoTimesThatCannotBeTrue) {
  auto measured = record_of("b", "2025-01-02", 2);
  measured.phases.warm_up = 1;
  measured.phases.launches = 9;
  auto imported = measured;
  imported.origin = results::record::Origin::imported;
  for (const auto& liar : {measured, imported}) {
    const auto series = results::regress::series_of(std::span(&liar, 1), {}, {});
    ASSERT_THAT(series, SizeIs(1));
    EXPECT_THAT(series[0].runs, IsEmpty());
    EXPECT_TRUE(series[0].unused.at(0).trust.has(results::trust::Fault::implausible));
  }
}

TEST(SeriesOfRecords, AreJudgedByThoseDevicesOfARunThatWereNotDisturbed) {
  auto busy = record_of("a", "2025-01-01", 9);
  busy.machine_load.own_cpu_share = 0.5;
  const std::vector<results::record::Record> records = {record_of("a", "2025-01-01", 1), busy};
  const auto series = results::regress::series_of(records, {}, {});
  EXPECT_EQ(series[0].runs.at(0).value, 1);
  const auto none = results::regress::series_of(std::span(&busy, 1), {}, {});
  ASSERT_THAT(none, SizeIs(1));
  EXPECT_THAT(none[0].runs, IsEmpty());
  EXPECT_THAT(find_regressions(none, options_with(), environment).findings, IsEmpty());
}

TEST(SeriesOfRecords, DistinguishUnitsOnRequest) {
  auto one = record_of("a", "2025-01-01", 1), two = one;
  one.device.unique_id = "GPU-1";
  two.device.unique_id = "GPU-2";
  const std::vector<results::record::Record> records = {one, two};
  EXPECT_THAT(results::regress::series_of(records, {}, {}), SizeIs(1));
  EXPECT_THAT(results::regress::series_of(records, {}, {.per_device = true}), SizeIs(2));
}

TEST(SeriesOfRecords, LeaveOutUnverifiedRecords) {
  auto wrong = record_of("a", "2025-01-01", 1), imported = wrong, modelled = wrong, crashed = wrong;
  wrong.check.outcome = kernels::Outcome::wrong;
  imported.origin = results::record::Origin::imported;
  modelled.origin = results::record::Origin::modelled;
  modelled.device.modelled = true;
  crashed.status = results::record::Status::crashed;
  const std::vector<results::record::Record> records = {wrong, modelled, crashed};
  EXPECT_THAT(results::regress::series_of(records, {}, {}), IsEmpty());
}

TEST(SeriesOfRecords, KeepImportedRecordsApart) {
  auto here = record_of("a", "2025-01-01", 1), imported = record_of("b", "2025-01-02", 2);
  imported.origin = results::record::Origin::imported;
  imported.check.outcome = kernels::Outcome::unchecked;
  const std::vector<results::record::Record> records = {here, imported};
  const auto series = results::regress::series_of(records, {}, {});
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_THAT(series[0].key(), HasSubstr("(imported)"));
  EXPECT_EQ(series[0].runs.at(0).value, 2);
  EXPECT_EQ(series[1].runs.at(0).value, 1);
}

std::vector<results::regress::Series> several(double step, std::size_t moved, std::size_t runs) {
  std::vector<results::regress::Series> out;
  for (std::size_t i = 0; i < 5; ++i) {
    out.push_back(series_with(i < moved ? step : 0, runs));
    out.back().problem += fmt::format(" seed={}", i);
  }
  return out;
}

TEST(Regressions, OfAllSeriesTogetherAreTheMachines) {
  const auto options = options_with();
  const auto found = find_regressions(several(0.05, 5, 200), options, environment);
  ASSERT_THAT(found.together, SizeIs(1));
  EXPECT_EQ(found.together[0].moved, 5U);
  EXPECT_EQ(found.together[0].all, 5U);
  EXPECT_EQ(found.together[0].run, 120U);
  EXPECT_NEAR(found.together[0].change, 0.05, 0.01);
  for (const auto& one : found.findings) EXPECT_TRUE(one.together.has_value());
  EXPECT_EQ(found.regressions(), 5U);
  EXPECT_THAT(find_regressions(several(0.05, 3, 200), options, environment).together, IsEmpty());
}

TEST(Regressions, ThatAreNotCertainYetAreWatched) {
  const auto options = options_with();
  const auto found = find_regressions({series_with(0.08, 123)}, options, environment);
  EXPECT_THAT(found.findings, IsEmpty());
  ASSERT_THAT(found.watched, SizeIs(1));
  EXPECT_EQ(found.watched[0].watched.first, 120U);
  EXPECT_NEAR(found.watched[0].watched.change(), 0.08, 0.02);
  const std::size_t more = found.watched[0].watched.more;
  ASSERT_GT(more, 0U);
  const auto later = find_regressions({series_with(0.08, 123 + more)}, options, environment);
  EXPECT_THAT(later.findings, SizeIs(1));
  EXPECT_THAT(later.watched, IsEmpty());
}

TEST(SeriesOfRecords, HaveEnergyAsASeparateQuantity) {
  auto record = record_of("a", "2025-01-01", 1);
  record.energy.joules_per_launch = 5;
  record.energy.joules_lower = 4.5;
  record.energy.joules_upper = 5.75;
  const std::vector<results::record::Record> records = {record};
  const auto series = results::regress::series_of(records, {}, {});
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].quantity, results::regress::HistoryQuantity::energy);
  EXPECT_EQ(series[0].runs[0].value, 5);
  EXPECT_EQ(series[0].runs[0].interval.lower, 4.5);
  EXPECT_EQ(series[0].runs[0].interval.upper, 5.75);
}

std::string complaint(const std::string& text) {
  try {
    results::regress::parse_accepted("accepted.toml", text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

constexpr const char* kEntry =
    "[[accepted]]\nseries = \"matmul\"\nrun = \"0d9c\"\nreason = \"known\"\nuntil = "
    "\"2026-01-31\"\n";

TEST(AcceptedFile, IsReadWithItsPlaces) {
  const auto entries = results::regress::parse_accepted("accepted.toml", kEntry);
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].run, "0d9c");
  EXPECT_EQ(entries[0].place, "accepted.toml:1");
}

TEST(AcceptedFile, NamesTheLineAndKeyOfAnError) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = kEntry;
    return complaint(text.replace(text.find(from), from.size(), to));
  };
  EXPECT_THAT(with("reason = \"known\"\n", ""), HasSubstr("accepted.toml:1: accepted.reason"));
  EXPECT_THAT(with("2026-01-31", "next year"), HasSubstr("`next year` is not a date"));
  EXPECT_THAT(with("run =", "rum ="), HasSubstr("rum"));
  EXPECT_THAT(with("run = \"0d9c\"\n", ""), HasSubstr("`run`"));
  EXPECT_THAT(with("[[accepted]]", "[[accepted"), HasSubstr("accepted.toml:"));
  EXPECT_EQ(complaint(kEntry), "none");
}

TEST(Patterns, MatchIfTheirPartsFollowEachOther) {
  EXPECT_TRUE(results::regress::fits("matmul*ONEDNN", "cpu X | matmul m=1 | library/onednn | hot"));
  EXPECT_FALSE(
      results::regress::fits("onednn*matmul", "cpu X | matmul m=1 | library/onednn | hot"));
  EXPECT_TRUE(results::regress::fits("*", "anything"));
  EXPECT_FALSE(results::regress::fits("attention", "matmul"));
}

TEST(EnvironmentChanges, AreFoundAtAnyDepth) {
  const auto changes =
      results::record::environment_changes(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":1,"d":"x"}})");
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].key, "a.c");
  EXPECT_EQ(changes[0].after, "not recorded");
  EXPECT_EQ(changes[1].key, "a.d");
  EXPECT_EQ(changes[1].after, "x");
}

TEST(EnvironmentChanges, AreNotThatOneRunAskedFewerModules) {
  const auto changes = results::record::environment_changes(
      R"({"modules":{"cpu":{"version":1},"nvidia":{"version":1}}})",
      R"({"modules":{"cpu":{"version":2}}})");
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].key, "modules.cpu.version");
}

}  // namespace
}  // namespace assay::results
