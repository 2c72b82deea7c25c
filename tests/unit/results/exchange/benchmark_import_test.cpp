// Google Benchmark's JSON of 2015 to today: times apart from statistics, benchmarks apart from
// repetitions, and everything that cannot be read is named.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "results/exchange/lenient_json.h"
#include "results/record/moment.h"

namespace assay::results::exchange {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Imported {
  record::RecordSet set;
  std::vector<std::string> left_out;

  /// "BM_a 5 6 7": the problem and its samples, or its median, in nanoseconds.
  std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const record::Record& record : set.records) {
      std::string text = record.problem.substr(record.problem.find(' ') + 1);
      for (const double seconds : record.device_seconds)
        text += fmt::format(" {:g}", seconds * 1e9);
      if (record.device_seconds.empty()) text += fmt::format(" ~{:g}", record.summary.median * 1e9);
      out.push_back(text);
    }
    return out;
  }
};

Imported imported(const std::string& content, const std::string& name = "b.json") {
  Imported out;
  const ImportFile file = {name, content, sha256(content), "2026-01-02T03:04:05.000Z",
                           &out.left_out};
  out.set = import_file(recognise(file), file);
  return out;
}

std::string file_of(const std::string& benchmarks,
                    const std::string& date = "2026-03-02T09:10:11Z") {
  return fmt::format(
      R"({{"context": {{"date": "{}", "host_name": "lab7", "executable": "./v"}}, "benchmarks": [{}]}})",
      date, benchmarks);
}

/// An entry as versions before 1.5 write it.
std::string old_entry(const std::string& name, double time, const std::string& more = "") {
  return fmt::format(
      R"({{"name": "{}", "iterations": 7, "real_time": {}, "cpu_time": {}, "time_unit": "ns"{}}},)",
      name, time, time, more);
}

std::string list(std::string entries) {
  entries.pop_back();
  return file_of(entries);
}

std::string repetition(const std::string& name, int family, int index, int of, double time) {
  return old_entry(name, time,
                   fmt::format(R"(, "family_index": {}, "per_family_instance_index": 0,
    "run_name": "{}", "run_type": "iteration", "repetitions": {}, "repetition_index": {})",
                               family, name, of, index));
}

std::string aggregate(const std::string& name, const std::string& statistic, double time) {
  return old_entry(name + "_" + statistic, time,
                   fmt::format(R"(, "run_name": "{}", "run_type": "aggregate",
    "aggregate_name": "{}")",
                               name, statistic));
}

std::string three(const std::string& name) {
  return old_entry(name, 5) + old_entry(name, 6) + old_entry(name, 7);
}
std::string statistics_of(const std::string& name) {
  return old_entry(name + "_mean", 6) + old_entry(name + "_median", 6) +
         old_entry(name + "_stddev", 1);
}

TEST(BenchmarkImport, TakesNoStatisticForATime) {
  struct Case {
    std::string entries;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      // Without run_type.
      {three("BM_a") + statistics_of("BM_a"), {"BM_a 5 6 7"}},
      {three("BM_a") + statistics_of("BM_a") + three("BM_b") + statistics_of("BM_b"),
       {"BM_a 5 6 7", "BM_b 5 6 7"}},
      {three("BM_a/threads:4") + statistics_of("BM_a/threads:4"), {"BM_a/threads:4 5 6 7"}},
      {three("BM_a/8/real_time") + statistics_of("BM_a/8/real_time"), {"BM_a/8/real_time 5 6 7"}},
      {three("BM_a/repeats:3") + statistics_of("BM_a/repeats:3"), {"BM_a/repeats:3 5 6 7"}},
      {three("BM_a") + old_entry("BM_a_mean", 6) + old_entry("BM_a_stddev", 1), {"BM_a 5 6 7"}},
      {three("BM_a") + statistics_of("BM_a") + old_entry("BM_a_cv", 0.1), {"BM_a 5 6 7"}},
      {statistics_of("BM_a"), {"BM_a ~6"}},
      {statistics_of("BM_a") + statistics_of("BM_b"), {"BM_a ~6", "BM_b ~6"}},
      // Benchmarks may be called like statistics.
      {old_entry("BM_a", 5) + old_entry("BM_a_mean", 6), {"BM_a 5", "BM_a_mean 6"}},
      {old_entry("running_mean", 5), {"running_mean 5"}},
      {old_entry("BM_median", 5) + old_entry("BM_sum", 6), {"BM_median 5", "BM_sum 6"}},
      {three("BM_a") + statistics_of("BM_a") + three("BM_a_mean") + statistics_of("BM_a_mean"),
       {"BM_a 5 6 7", "BM_a_mean 5 6 7"}},
      // Complexity fits.
      {old_entry("BM_f/8", 5) + old_entry("BM_f/16", 9) + old_entry("BM_f_BigO", 1) +
           old_entry("BM_f_RMS", 3),
       {"BM_f/8 5", "BM_f/16 9"}},
      // With run_type.
      {repetition("BM_a", 0, 0, 2, 5) + repetition("BM_a", 0, 1, 2, 6) +
           aggregate("BM_a", "mean", 5) + aggregate("BM_a", "median", 5) +
           aggregate("BM_a", "stddev", 1) + aggregate("BM_a", "cv", 0.1) +
           aggregate("BM_a", "max", 6),
       {"BM_a 5 6"}},
      {aggregate("BM_a", "mean", 5) + aggregate("BM_a", "median", 4) +
           aggregate("BM_a", "stddev", 1),
       {"BM_a ~4"}},
      {aggregate("BM_a", "mean", 5), {"BM_a ~5"}},
  };
  for (const Case& one : cases) {
    const Imported got = imported(list(one.entries));
    EXPECT_EQ(got.texts(), one.expected) << one.entries;
    EXPECT_THAT(got.left_out, IsEmpty()) << one.entries;
  }
}

TEST(BenchmarkImport, NamesWhatMayBeAStatisticOfItsOwn) {
  const Imported got =
      imported(list(three("BM_a") + statistics_of("BM_a") + old_entry("BM_a_max", 7)));
  EXPECT_THAT(got.texts(), ElementsAre("BM_a 5 6 7"));
  ASSERT_EQ(got.left_out.size(), 1U);
  EXPECT_THAT(got.left_out[0], HasSubstr("b.json: BM_a_max: taken for a statistic of BM_a"));
}

TEST(BenchmarkImport, TellsBenchmarksOfOneNameFromRepetitions) {
  struct Case {
    std::string entries;
    std::vector<std::string> expected;
  };
  const std::vector<Case> cases = {
      {repetition("BM_a", 0, 0, 1, 5) + repetition("BM_a", 1, 0, 1, 500),
       {"BM_a 5", "BM_a #2 500"}},
      {repetition("BM_a", 0, 0, 2, 5) + repetition("BM_a", 1, 0, 2, 500) +
           repetition("BM_a", 0, 1, 2, 6) + repetition("BM_a", 1, 1, 2, 600),
       {"BM_a 5 6", "BM_a #2 500 600"}},
      // 1.5 has no family_index.
      {old_entry("BM_a", 5, R"(, "run_name": "BM_a", "run_type": "iteration", "repetitions": 1,
           "repetition_index": 0)") +
           old_entry("BM_a", 500, R"(, "run_name": "BM_a", "run_type": "iteration",
           "repetitions": 1, "repetition_index": 0)"),
       {"BM_a 5", "BM_a #2 500"}},
      {old_entry("BM_a", 5, R"(, "run_name": "BM_a", "run_type": "iteration", "repetitions": 1)") +
           old_entry("BM_a", 500, R"(, "run_name": "BM_a", "run_type": "iteration",
           "repetitions": 1)"),
       {"BM_a 5", "BM_a #2 500"}},
      // Before: repetitions are followed by their statistics.
      {old_entry("BM_a", 5) + old_entry("BM_a", 500), {"BM_a 5", "BM_a #2 500"}},
      {old_entry("BM_a", 5) + old_entry("BM_b", 6) + old_entry("BM_a", 500),
       {"BM_a 5", "BM_b 6", "BM_a #2 500"}},
      {three("BM_a") + statistics_of("BM_a") + three("BM_a") + statistics_of("BM_a"),
       {"BM_a 5 6 7", "BM_a #2 5 6 7"}},
      // The number of threads is a part of the name.
      {repetition("BM_a/threads:1", 0, 0, 1, 5) + repetition("BM_a/threads:2", 0, 0, 1, 6),
       {"BM_a/threads:1 5", "BM_a/threads:2 6"}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(imported(list(one.entries)).texts(), one.expected) << one.entries;
  }
}

TEST(BenchmarkImport, ReadsNumbersThatAreNotFiniteInEverySpelling) {
  for (const char* number : {"NaN", "nan", "-nan", "-nan(ind)", "nan(snan)", "Infinity",
                             "-Infinity", "inf", "-inf", "1e999", "-1e999"}) {
    const Imported got = imported(list(
        old_entry("BM_a", 5, fmt::format(R"(, "hit_rate": {})", number)) + old_entry("BM_b", 7)));
    EXPECT_THAT(got.texts(), ElementsAre("BM_a 5", "BM_b 7")) << number;
    EXPECT_THAT(got.left_out, IsEmpty()) << number;
    const std::string time = fmt::format(
        R"({{"name": "BM_a", "real_time": {}, "cpu_time": 1, "time_unit": "ns"}},)", number);
    const Imported without = imported(list(time + old_entry("BM_b", 7)));
    EXPECT_THAT(without.texts(), ElementsAre("BM_b 7")) << number;
    ASSERT_EQ(without.left_out.size(), 1U) << number;
    EXPECT_THAT(without.left_out[0], HasSubstr("b.json: BM_a: real_time is not a finite time"));
    EXPECT_THROW(imported(list(time)), InputError) << number;
  }
}

TEST(BenchmarkImport, LeavesNumbersWithinTextsAlone) {
  EXPECT_EQ(lenient_json(R"({"a": "NaN, inf", "b": NaN, "c": -1.5e-3})"),
            R"({"a": "NaN, inf", "b": null, "c": -1.5e-3})");
  EXPECT_EQ(lenient_json(R"("C:\bench\x.exe" "\"q\" \\ \u00e9 \uZZ")"),
            R"("C:\bench\\x.exe" "\"q\" \\ \u00e9 \\uZZ")");
  EXPECT_EQ(lenient_json("\"a\nb\xff\""), "\"a\\u000ab\xef\xbf\xbd\"");
  EXPECT_EQ(lenient_json("Run on 4 CPUs\n{\"a\": 1}"), "{\"a\": 1}");
  EXPECT_EQ(lenient_json("\xef\xbb\xbf{}"), "{}");
}

TEST(BenchmarkImport, ReadsTheDatesOfAllVersionsAndSaysWhichHaveNoZone) {
  struct Case {
    const char *date, *started, *remark;
  };
  for (const Case& one : {
           Case{"2026-03-02T09:10:11+01:00", "2026-03-02T08:10:11.000Z", ""},
           Case{"2026-03-02T09:10:11-05:30", "2026-03-02T14:40:11.000Z", ""},
           Case{"2026-03-02T09:10:11+0100", "2026-03-02T08:10:11.000Z", ""},
           Case{"2026-03-02T09:10:11Z", "2026-03-02T09:10:11.000Z", ""},
           Case{"2019-06-02 11:12:13", "2019-06-02T11:12:13.000Z", "unknown zone"},
           Case{"2019-06-02T11:12:13", "2019-06-02T11:12:13.000Z", "unknown zone"},
           Case{"2015/03/17-18:40:25", "2015-03-17T18:40:25.000Z", "unknown zone"},
           Case{"2016-02-29 11:12:13", "2016-02-29T11:12:13.000Z", "unknown zone"},
           Case{"2017-02-29 11:12:13", "2026-01-02T03:04:05.000Z", "no readable date"},
           Case{"yesterday", "2026-01-02T03:04:05.000Z", "no readable date"},
           Case{"", "2026-01-02T03:04:05.000Z", "no readable date"},
       }) {
    std::string entry = old_entry("BM_a", 5);
    entry.pop_back();
    const Imported got = imported(file_of(entry, one.date));
    EXPECT_EQ(got.set.runs[0].started, one.started) << one.date;
    EXPECT_THAT(got.set.runs[0].command, HasSubstr(one.remark)) << one.date;
    if (*one.remark == '\0') {
      EXPECT_EQ(got.set.runs[0].command, "./v") << one.date;
    }
  }
}

TEST(BenchmarkImport, ReadsUnitsFailuresAndSkippedBenchmarks) {
  const auto one = [](const std::string& more) {
    return imported(
        file_of(R"({"name": "BM_a", "iterations": 3, "real_time": 2, "cpu_time": 2)" + more + "}"));
  };
  EXPECT_DOUBLE_EQ(one(R"(, "time_unit": "ns")").set.records[0].summary.median, 2e-9);
  EXPECT_DOUBLE_EQ(one(R"(, "time_unit": "us")").set.records[0].summary.median, 2e-6);
  EXPECT_DOUBLE_EQ(one(R"(, "time_unit": "ms")").set.records[0].summary.median, 2e-3);
  EXPECT_DOUBLE_EQ(one(R"(, "time_unit": "s")").set.records[0].summary.median, 2);
  EXPECT_DOUBLE_EQ(one("").set.records[0].summary.median, 2e-9);  // the first versions
  const auto failed = one(R"(, "time_unit": "ns", "error_occurred": true, "error_message": "x")");
  EXPECT_EQ(failed.set.records[0].status, record::Status::error);
  EXPECT_EQ(failed.set.records[0].reason, "x");
  for (const char* skipped : {"true", "\"\"", "\"skipped\""}) {
    const auto got =
        one(fmt::format(R"(, "time_unit": "ns", "skipped": {}, "skip_message": "no")", skipped));
    EXPECT_EQ(got.set.records[0].status, record::Status::unsupported) << skipped;
    EXPECT_EQ(got.set.records[0].reason, "no") << skipped;
  }
  const auto rate = one(R"(, "time_unit": "us", "bytes_per_second": 1e9)");
  EXPECT_NEAR(rate.set.records[0].work.bytes, 2000, 1e-6);
  const auto threads = one(R"(, "time_unit": "us", "threads": 8)");
  EXPECT_EQ(threads.set.records[0].implementation.details.at("threads"), "8");
}

TEST(BenchmarkImport, LetsNoControlCharacterIn) {
  const Imported got =
      imported(list(old_entry(R"(BM\u001b[8m_b\n)", 5, R"(, "label": "x\u001b[31m\u009b")")));
  EXPECT_EQ(got.set.records[0].problem, "google_benchmark BM␛[8m_b␊");
  EXPECT_EQ(got.set.records[0].implementation.details.at("label"), "x␛[31m\xef\xbf\xbd");
}

record::RecordSet repeated_runs() {
  record::RecordSet set;
  for (int run = 0; run < 2; ++run) {
    const std::string started = fmt::format("2026-01-0{}T00:00:00.000Z", run + 1);
    set.runs.push_back({.id = fmt::format("run{}", run), .started = started, .host = "node"});
    for (std::uint32_t repetition = 0; repetition < 3; ++repetition) {
      record::Record record;
      record.id = fmt::format("{}-{}", run, repetition);
      record.run = set.runs.back().id;
      record.started = started;
      record.problem = "copy n=64 type=f32 dist=uniform seed=1";
      record.operation = "copy";
      record.work = {0, 512, kernels::DataType::f32};
      record.device = {"cpu", 1, "A processor", "Vendor", "cpu"};
      record.implementation = {"native/stream", record::Division::native, {}};
      record.repetition = repetition;
      record.check.outcome = kernels::Outcome::right;
      for (unsigned i = 1; i < 5; ++i)
        record.device_seconds.push_back(1e-7 * (i + 10 * repetition + 100 * run));
      record.host_seconds = record.device_seconds;
      record.summary = statistics::summarize(record.device_seconds);
      set.records.push_back(record);
    }
  }
  record::Record& failed = set.records.back();
  failed.status = record::Status::crashed;
  failed.reason = "the worker ended: SIGSEGV";
  failed.device_seconds.clear();
  failed.host_seconds.clear();
  failed.summary = {};
  return set;
}

std::string exported(const std::string& format, const record::RecordSet& set) {
  std::ostringstream out;
  find_exporter(format, "").write(set, {"0.1.0", "2026-01-02T00:00:00.000Z"}, out);
  return out.str();
}

void expect_same(const record::Record& was, const record::Record& is, bool samples) {
  EXPECT_EQ(is.problem, was.problem);
  EXPECT_EQ(is.operation, was.operation);
  EXPECT_EQ(is.implementation.name, was.implementation.name);
  EXPECT_EQ(is.implementation.division, was.implementation.division);
  EXPECT_EQ(is.device.backend, was.device.backend);
  EXPECT_EQ(is.device.index, was.device.index);
  EXPECT_EQ(is.settings.mode, was.settings.mode);
  EXPECT_EQ(is.repetition, was.repetition);
  EXPECT_EQ(is.status, was.status);
  EXPECT_EQ(is.reason, was.reason);
  EXPECT_DOUBLE_EQ(is.work.bytes, was.work.bytes);
  EXPECT_DOUBLE_EQ(is.summary.median, was.summary.median);
  if (was.status != record::Status::ok) return;
  EXPECT_DOUBLE_EQ(is.summary.interval.lower, was.summary.interval.lower);
  EXPECT_EQ(is.summary.count, was.summary.count);
  if (!samples) return;
  ASSERT_EQ(is.device_seconds.size(), was.device_seconds.size());
  for (std::size_t i = 0; i < was.device_seconds.size(); ++i) {
    EXPECT_DOUBLE_EQ(is.device_seconds[i], was.device_seconds[i]);
    EXPECT_DOUBLE_EQ(is.host_seconds[i], was.host_seconds[i]);
  }
}

TEST(RoundTrip, OfGoogleBenchmarkKeepsTheRepetitionsOfTheNewestRun) {
  const record::RecordSet set = repeated_runs();
  const Imported back = imported(exported("google-benchmark", set));
  ASSERT_EQ(back.set.records.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) expect_same(set.records[3 + i], back.set.records[i], true);
}

TEST(RoundTrip, OfCsvKeepsAllButTheSamples) {
  record::RecordSet set = repeated_runs();
  set.records[0].reason = "=cmd(\"x\"), and, more";
  const Imported back = imported(exported("csv", set), "r.csv");
  ASSERT_EQ(back.set.records.size(), 6U);
  EXPECT_EQ(back.set.runs.size(), 2U);
  for (std::size_t i = 0; i < 6; ++i) {
    expect_same(set.records[i], back.set.records[i], false);
    EXPECT_EQ(back.set.records[i].started, set.records[i].started);
    EXPECT_EQ(back.set.records[i].check.outcome, set.records[i].check.outcome);
    EXPECT_EQ(back.set.records[i].device.name, set.records[i].device.name);
  }
}

TEST(RoundTrip, OfJsonLinesKeepsEverything) {
  const record::RecordSet set = repeated_runs();
  const Imported back = imported(exported("json-lines", set), "r.jsonl");
  ASSERT_EQ(back.set.records.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    expect_same(set.records[i], back.set.records[i], true);
    EXPECT_EQ(back.set.records[i].id, set.records[i].id);
  }
}

TEST(Csv, NamesTheDoubtsThatItCannotKeep) {
  record::RecordSet set = repeated_runs();
  set.records[1].machine_load.own_cpu_share = 0.4;
  const Imported got = imported(exported("csv", set), "r.csv");
  EXPECT_EQ(got.set.records.size(), 6U);
  EXPECT_THAT(got.left_out,
              testing::Contains(HasSubstr("its doubts are not kept: busy: other work took 60%")));
}

TEST(Csv, NamesRowsThatItCannotRead) {
  std::string text = exported("csv", repeated_runs());
  text += "a,b\r\n";
  std::string broken = text;
  const std::size_t at = broken.find("native,cold,0,");
  broken.replace(at, 14, "native,cold,x,");
  const Imported got = imported(broken, "r.csv");
  EXPECT_EQ(got.set.records.size(), 5U);
  EXPECT_THAT(got.left_out,
              testing::IsSupersetOf({HasSubstr("r.csv:2: repetition: `x` is not a number"),
                                     HasSubstr("r.csv:8: has 2 fields")}));
}

TEST(Csv, LetsNoSpreadsheetComputeAField) {
  record::RecordSet set = repeated_runs();
  set.records[0].device.name = "@SUM(A1)";
  EXPECT_THAT(exported("csv", set), HasSubstr(",'@SUM(A1),"));
}

TEST(Moment, KnowsTheDaysOfTheCalendar) {
  for (const char* day : {"2026-11-25", "2024-02-29", "2000-02-29", "1999-12-31"}) {
    EXPECT_TRUE(record::is_day(day)) << day;
  }
  for (const char* day :
       {"2026-13-01", "2026-02-30", "2026-00-10", "2026-04-31", "2027-02-29", "2100-02-29",
        "2026-1-01", "2026-01-32", "26-01-01", "2026/01/01", "2026-01-01 ", "today", ""}) {
    EXPECT_FALSE(record::is_day(day)) << day;
    EXPECT_EQ(record::to_utc(std::string(day) + "T00:00:00Z"), "") << day;
  }
  EXPECT_EQ(record::to_utc("2026-02-28T24:00:00Z"), "");
  EXPECT_EQ(record::to_utc("2026-02-28T10:00:00+25:00"), "");
}

}  // namespace
}  // namespace assay::results::exchange
