// Exports and imports: exported data can be imported again, and imported records name their source.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"
#include "results/exchange/junit.h"
#include "results/exchange/series.h"
#include "results/exchange/utf8.h"
#include "results/record/moment.h"
#include "results/store/store.h"
#include "tests/schema/random_record.h"

namespace assay::results::exchange::exchange_test {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;

constexpr const char* kProblem = "copy n=64 type=f32 dist=uniform seed=1";

record::Record good_record(const record::Run& run) {
  record::Record record;
  record.id = store::new_id();
  record.run = run.id;
  record.started = run.started;
  record.problem = kProblem;
  record.operation = "copy";
  record.work = {0, 512, kernels::DataType::f32};
  record.device = {"cpu", 0, "A processor", "Vendor", "cpu"};
  record.implementation = {"native/stream", results::record::Division::native, {}};
  record.device_seconds = {2e-6, 1e-6, 3e-6};
  record.host_seconds = {3e-6, 2e-6, 4e-6};
  record.summary = statistics::summarize(record.device_seconds);
  record.environment = run.environment;
  return record;
}

TEST(MiddleOfEach, IsABadRecordOnlyIfOneFailedOrIsNotRight) {
  const auto chosen = [](kernels::Outcome outcome) {
    std::vector<record::Record> records(3);
    for (std::size_t i = 0; i < 3; ++i) {
      records[i].id = std::to_string(i);
      records[i].summary.median = std::array{3.0, 1.0, 2.0}[i];
    }
    records[0].check.outcome = outcome;
    return middle_of_each(records, [](const record::Record&) { return "all"; }).at(0)->id;
  };
  EXPECT_EQ(chosen(kernels::Outcome::right), "2");
  EXPECT_EQ(chosen(kernels::Outcome::unchecked), "2") << "imported from a program that checks none";
  EXPECT_EQ(chosen(kernels::Outcome::suspicious), "0");
  EXPECT_EQ(chosen(kernels::Outcome::wrong), "0");
}

record::RecordSet good_record_set() {
  record::RecordSet record_set;
  const std::string environment = R"({"cpu":{"model":"x"},"limits":{"cpu_affinity_count":2}})";
  record_set.environments[sha256(environment)] = environment;
  record_set.runs.push_back({.id = store::new_id(),
                             .started = "2026-11-25T07:14:02.125Z",
                             .ended = "2026-11-25T07:15:00.000Z",
                             .suite = "quick",
                             .command = "assay run",
                             .host = "node",
                             .assay_version = "0.1.0",
                             .plan = "[]",
                             .environment = sha256(environment)});
  record_set.records.push_back(good_record(record_set.runs.front()));
  return record_set;
}

std::string exported(const std::string& format, const record::RecordSet& record_set) {
  std::ostringstream out;
  find_exporter(format, "--format").write(record_set, {"0.1.0", "2026-11-26T00:00:00.000Z"}, out);
  return out.str();
}

record::RecordSet imported(const std::string& content, const std::string& name = "folder/file.txt",
                           const std::string& format = {}) {
  const ImportFile file = {name, content, sha256(content), "2026-01-02T03:04:05.000Z"};
  return import_file(format.empty() ? recognise(file) : find_importer(format, "--format"), file);
}

std::string refusal(const std::string& content, const std::string& format = {}) {
  try {
    imported(content, "file.txt", format);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// A store in a temporary folder.
class Exchange : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = (std::filesystem::temp_directory_path() / "assay-exchange-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  store::Store store() { return store::Store::open(folder_ + "/store.db", store::Access::write); }

 private:
  std::string folder_;
};

TEST(Formats, AreFoundByNameAndMisspeltOnesAreGuessed) {
  EXPECT_EQ(find_exporter("csv", "--format").name, "csv");
  try {
    find_exporter("json-line", "--format");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.hint(), HasSubstr("json-lines"));
  }
}

TEST(Formats, OfAFileThatNobodyKnowsIsAnErrorThatNamesIt) {
  EXPECT_THAT(refusal("hello\n"), HasSubstr("file.txt: has no known format"));
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
}

TEST(JsonLines, BringBackRunsRecordsAndEnvironments) {
  record::RecordSet record_set = good_record_set();
  const record::RecordSet back = imported(exported("json-lines", record_set));
  EXPECT_EQ(back.environments, record_set.environments);
  ASSERT_EQ(back.runs.size(), 1U);
  EXPECT_EQ(back.runs[0].suite, "quick");
  ASSERT_EQ(back.records.size(), 1U);
  EXPECT_EQ(back.records[0].device_seconds, record_set.records[0].device_seconds);
}

TEST(JsonLines, SayLineAndCauseOfWhatIsDamaged) {
  const std::string text = exported("json-lines", good_record_set());
  EXPECT_THAT(refusal(text.substr(0, text.size() - 20)), HasSubstr("file.txt:3: record: not JSON"));
  std::string changed = text;
  changed.replace(changed.find("\"x\""), 3, "\"y\"");
  EXPECT_THAT(refusal(changed), HasSubstr("differs from its name"));
}

TEST(Imports, SayWhereARecordCameFromAndKeepWhatAnEarlierImportSaid) {
  const std::string text = exported("json-lines", good_record_set());
  const record::RecordSet once = imported(text);
  EXPECT_EQ(once.records[0].origin, record::Origin::imported);
  EXPECT_EQ(once.records[0].imported_from.format, "json-lines");
  EXPECT_EQ(once.records[0].imported_from.file, "file.txt");
  EXPECT_EQ(once.records[0].imported_from.sha256, sha256(text));
  const record::RecordSet twice = imported(exported("json-lines", once), "other.jsonl");
  EXPECT_EQ(twice.records[0].imported_from.file, "file.txt");
}

TEST(Imports, MakeUpARunOfWhichOnlyRecordsAreKnown) {
  record::RecordSet record_set = good_record_set();
  record_set.records.push_back(good_record(record_set.runs[0]));
  record_set.records[1].started = "2026-11-25T08:00:00.000Z";
  record_set.runs.clear();
  const record::RecordSet back = imported(exported("json-lines", record_set));
  ASSERT_EQ(back.runs.size(), 1U);
  EXPECT_EQ(back.runs[0].id, record_set.records[0].run);
  EXPECT_EQ(back.runs[0].started, "2026-11-25T07:14:02.125Z");
  EXPECT_EQ(back.runs[0].ended, "2026-11-25T08:00:00.000Z");
}

TEST_F(Exchange, AddingTwiceIsAddingOnce) {
  const record::RecordSet record_set = imported(exported("json-lines", good_record_set()));
  store::Store target = store();
  const store::Added first = target.add(record_set);
  EXPECT_EQ(first.records, 1U);
  EXPECT_EQ(first.runs, 1U);
  EXPECT_EQ(first.environments, 1U);
  const store::Added second = target.add(record_set);
  EXPECT_EQ(second.records + second.runs + second.environments, 0U);
  EXPECT_EQ(second.known, 1U);
  EXPECT_EQ(target.records({}).size(), 1U);
}

TEST_F(Exchange, ARecordMeasuredHereStaysSoWhenItsExportComesBack) {
  const record::RecordSet record_set = good_record_set();
  store::Store target = store();
  target.add(record_set);
  target.add(imported(exported("json-lines", record_set)));
  ASSERT_EQ(target.records({}).size(), 1U);
  EXPECT_EQ(target.records({})[0].origin, record::Origin::measured);
}

TEST_F(Exchange, NothingIsAddedWhereAnEnvironmentIsMissing) {
  record::RecordSet record_set = good_record_set();
  record_set.environments.clear();
  store::Store target = store();
  EXPECT_THROW(target.add(record_set), InputError);
  EXPECT_TRUE(target.runs().empty());
  EXPECT_TRUE(target.records({}).empty());
}

TEST(GoogleBenchmark, IsReadBackWithProblemSamplesAndRates) {
  const record::RecordSet back =
      imported(exported("google-benchmark", good_record_set()), "gb.json");
  ASSERT_EQ(back.records.size(), 1U);
  const record::Record& record = back.records[0];
  EXPECT_EQ(record.problem, kProblem);
  EXPECT_EQ(record.implementation.name, "native/stream");
  EXPECT_EQ(record.implementation.division, record::Division::native);
  EXPECT_EQ(record.device.backend, "cpu");
  ASSERT_EQ(record.device_seconds.size(), 3U);
  EXPECT_DOUBLE_EQ(record.device_seconds[2], 3e-6);
  EXPECT_DOUBLE_EQ(record.work.bytes, 512);
  EXPECT_EQ(record.check.outcome, kernels::Outcome::unchecked);
  EXPECT_TRUE(is_unverified(record));
}

TEST(GoogleBenchmark, HasTheEntriesThatItsOwnToolsLookFor) {
  record::RecordSet record_set = good_record_set();
  record::Record wrong = good_record(record_set.runs[0]);
  wrong.implementation.name = "library/x";
  wrong.status = record::Status::wrong;
  wrong.reason = "element 3";
  record_set.records.push_back(wrong);
  const auto json = ordered_json::parse(exported("google-benchmark", record_set));
  EXPECT_EQ(json["context"]["num_cpus"], 2);
  std::map<std::string, int> types;
  for (const auto& entry : json["benchmarks"]) {
    for (const char* key : {"name", "run_name", "real_time", "cpu_time", "time_unit"}) {
      EXPECT_TRUE(entry.contains(key)) << entry;
    }
    ++types[entry.value("error_occurred", false) ? "error" : entry["run_type"]];
  }
  EXPECT_EQ(types, (std::map<std::string, int>{{"aggregate", 4}, {"error", 1}, {"iteration", 3}}));
}

TEST(GoogleBenchmark, DoesNotPassAModelOffAsAMeasurement) {
  record::RecordSet record_set = good_record_set();
  record_set.records[0].origin = record::Origin::modelled;
  EXPECT_THROW(exported("google-benchmark", record_set), InputError);
  EXPECT_THROW(exported("openmetrics", record_set), InputError);
}

constexpr const char* kForeign = R"({"context": {"date": "2026-11-25T08:14:02+01:00",
  "host_name": "other", "executable": "./bench", "library_build_type": "release"},
  "benchmarks": [
  {"name": "BM_copy/8", "run_name": "BM_copy/8", "run_type": "iteration", "iterations": 100,
   "real_time": 20.0, "cpu_time": 10.0, "time_unit": "us", "bytes_per_second": 1e9},
  {"name": "BM_bad", "run_name": "BM_bad", "run_type": "iteration", "error_occurred": true,
   "error_message": "no device", "iterations": 0, "real_time": 0, "cpu_time": 0,
   "time_unit": "us"},
  {"name": "BM_few_mean", "run_name": "BM_few", "run_type": "aggregate", "repetitions": 9,
   "aggregate_name": "mean", "real_time": 2.0, "cpu_time": 2.0, "time_unit": "ms"},
  {"name": "BM_few_median", "run_name": "BM_few", "run_type": "aggregate", "repetitions": 9,
   "aggregate_name": "median", "real_time": 1.0, "cpu_time": 1.0, "time_unit": "ms"},
  {"name": "BM_fit_BigO", "run_name": "BM_fit", "run_type": "aggregate",
   "aggregate_name": "BigO", "cpu_coefficient": 1, "big_o": "N"}]})";

TEST(GoogleBenchmark, OfAnotherProgramStandsForItself) {
  const record::RecordSet record_set = imported(kForeign);
  ASSERT_EQ(record_set.records.size(), 3U);
  EXPECT_EQ(record_set.runs[0].started, "2026-11-25T07:14:02.000Z");
  EXPECT_EQ(record_set.runs[0].host, "other");
  const record::Record& copy = record_set.records[0];
  EXPECT_EQ(copy.problem, "google_benchmark BM_copy/8");
  EXPECT_DOUBLE_EQ(copy.summary.median, 20e-6);
  // Its rate is computed from the CPU time, because the name does not say otherwise.
  EXPECT_NEAR(copy.work.bytes, 1e9 * 10e-6, 1e-6);
  EXPECT_EQ(record_set.records[1].status, record::Status::error);
  EXPECT_EQ(record_set.records[1].reason, "no device");
  EXPECT_DOUBLE_EQ(record_set.records[2].summary.median, 1e-3);
  EXPECT_EQ(record_set.records[2].summary.count, 0U);
}

TEST(GoogleBenchmark, SaysOfHowManyRepetitionsTheFileHasSome) {
  const auto entry = [](int index) {
    return fmt::format(R"({{"name": "BM_copy", "run_name": "BM_copy", "run_type": "iteration",
      "repetitions": 5, "repetition_index": {}, "iterations": 100, "real_time": 20.0,
      "cpu_time": 10.0, "time_unit": "us"}})",
                       index);
  };
  const auto details = [&](int entries) {
    std::string all;
    for (int i = 0; i < entries; ++i) all += (i == 0 ? "" : ", ") + entry(i);
    return imported(fmt::format(R"({{"context": {{"date": "2026-11-25T08:14:02+01:00",
      "library_build_type": "release"}}, "benchmarks": [{}]}})",
                                all))
        .records.at(0)
        .implementation.details;
  };
  EXPECT_EQ(details(2).at("repetitions"), "2 of 5 are in the file");
  EXPECT_FALSE(details(5).contains("repetitions"));
}

TEST(GoogleBenchmark, ComesUnderTheSameIdsWheneverTheFileIsImported) {
  const record::RecordSet once = imported(kForeign), again = imported(kForeign, "renamed.json");
  EXPECT_EQ(once.records[1].id, again.records[1].id);
  EXPECT_NE(once.records[0].id, once.records[1].id);
  EXPECT_EQ(once.runs[0].id, again.runs[0].id);
  EXPECT_EQ(once.runs[0].id[14], '8');
}

TEST(GoogleBenchmark, ThatIsDamagedNamesTheBenchmark) {
  std::string text = kForeign;
  text.replace(text.find("\"us\""), 4, "\"ys\"");
  std::vector<std::string> left_out;
  const ImportFile file = {"file.txt", text, sha256(text), "2026-01-02T03:04:05.000Z", &left_out};
  EXPECT_EQ(import_file(recognise(file), file).records.size(), 2U);
  EXPECT_THAT(left_out,
              testing::ElementsAre(HasSubstr("file.txt: BM_copy/8: time_unit is not one of")));
  EXPECT_THAT(refusal(std::string(kForeign).substr(0, 300)), HasSubstr("cut off"));
}

constexpr const char* kNccl =
    "# nThread 1 nGpus 2 minBytes 8 maxBytes 16 step: 2(factor) warmup iters: 5 iters: 20 agg "
    "iters: 1 validation: 1 graph: 0\n"
    "#\n"
    "# Using devices\n"
    "#  Rank  0 Group  0 Pid  29697 on      gpu01 device  0 [0x01] Some Accelerator 80GB\n"
    "#  Rank  1 Group  0 Pid  29697 on      gpu01 device  1 [0x41] Some Accelerator 80GB\n"
    "NCCL version 2.26.6+cuda12.8\n"
    "#                                      out-of-place                       in-place\n"
    "#       size         count      type   redop    root     time   algbw   busbw #wrong     time "
    " "
    " algbw   busbw #wrong\n"
    "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us) "
    " (GB/s)  (GB/s)\n"
    "     1048576        262144     float     sum      -1    20.00   52.43   52.43      0    25.00 "
    " "
    " 41.94   41.94    N/A\n"
    "[1,0]<stdout>:     2097152        524288     float     sum      -1    40.00   52.43   52.43   "
    "   3    40.00   52.43   52.43      0\n"
    "# Out of bounds values : 1 FAILED\n";

TEST(NcclTests, GiveARecordForEachSizeAndPlacement) {
  const record::RecordSet record_set = imported(kNccl, "all_reduce_perf.log");
  ASSERT_EQ(record_set.records.size(), 4U);
  const record::Record& first = record_set.records[0];
  EXPECT_EQ(first.problem,
            "all_reduce bytes=1048576 count=262144 type=float redop=sum root=-1 ranks=2 "
            "placement=out-of-place");
  EXPECT_DOUBLE_EQ(first.summary.median, 20e-6);
  EXPECT_NEAR(byte_rate(first), 52.43e9, 1e7);
  EXPECT_EQ(first.device.name, "2 x Some Accelerator 80GB");
  EXPECT_EQ(first.implementation.details.at("iterations"), "20");
  EXPECT_EQ(first.implementation.details.at("library"), "NCCL version 2.26.6+cuda12.8");
  EXPECT_EQ(record_set.runs[0].host, "gpu01");
  EXPECT_EQ(record_set.runs[0].started, "2026-01-02T03:04:05.000Z");
}

TEST(NcclTests, AreTakenAsUnverifiedAndTheirOwnCountOfWrongElementsAsAVerdict) {
  const record::RecordSet record_set = imported(kNccl);
  EXPECT_TRUE(is_unverified(record_set.records[0]));
  EXPECT_THAT(record_set.records[0].check.method, HasSubstr("counted 0 wrong"));
  EXPECT_THAT(record_set.records[1].check.method, HasSubstr("did not check"));
  EXPECT_EQ(record_set.records[2].status, record::Status::wrong);
  EXPECT_EQ(record_set.records[3].status, record::Status::ok);
}

TEST(NcclTests, OfOldVersionsHaveAnErrorThatIsNoCount) {
  const record::RecordSet record_set = imported(
      "#       size  count  type  redop  time  algbw  busbw  error  time  algbw  busbw  error\n"
      "           8      2 float    sum 40.17   0.00   0.00  1e-07 62.08   0.00   0.00  0e+00\n");
  ASSERT_EQ(record_set.records.size(), 2U);
  EXPECT_EQ(record_set.records[0].status, record::Status::ok);
  EXPECT_THAT(record_set.records[0].check.method,
              HasSubstr("largest error in nccl-tests was 1e-07"));
  EXPECT_EQ(record_set.records[0].operation, "collective");
}

TEST(NcclTests, WithoutARowAreAnError) {
  EXPECT_THAT(refusal("# size time algbw busbw\n", "nccl-tests"),
              HasSubstr("no line of an nccl-tests table"));
}

TEST(JUnit, TellsFailedBrokenAndSkippedApart) {
  record::RecordSet record_set = good_record_set();
  const auto add = [&](record::Status status) {
    record::Record record = good_record(record_set.runs[0]);
    record.status = status;
    record.reason = "because <of> \"this\" & \x01 that";
    record_set.records.push_back(record);
  };
  for (const record::Status status : {record::Status::wrong, record::Status::crashed,
                                      record::Status::timeout, record::Status::unsupported})
    add(status);
  const std::string text = exported("junit", record_set);
  EXPECT_THAT(text, testing::ContainsRegex(
                        R"(<testsuite .*tests="5" failures="1" errors="2" .*skipped="1")"));
  EXPECT_THAT(text, HasSubstr("because &lt;of&gt; &quot;this&quot; &amp; \xef\xbf\xbd that"));
  EXPECT_THAT(text, HasSubstr(R"(<failure type="wrong")"));
  EXPECT_THAT(text, HasSubstr(R"(<error type="crashed")"));
}

TEST(JUnit, SkipsWhatNobodyVerified) {
  const std::string text = exported("junit", imported(kForeign, "theirs.json"));
  EXPECT_THAT(text, HasSubstr("imported from theirs.json: not verified"));
}

TEST(OpenMetrics, EscapeLabelsAndEnd) {
  record::RecordSet record_set = good_record_set();
  record_set.records[0].device.name = "a \"b\" \\ c\nd";
  const std::string text = exported("openmetrics", record_set);
  EXPECT_THAT(text, HasSubstr(R"(device_name="a \"b\" \\ c\nd")"));
  EXPECT_THAT(text, HasSubstr("# UNIT assay_launch_seconds seconds\n"));
  EXPECT_THAT(text, HasSubstr("assay_run_started_timestamp_seconds"));
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

TEST(OpenMetrics, HaveEachSeriesOnceAndThatTheNewest) {
  record::RecordSet record_set = good_record_set();
  record::Record later = good_record(record_set.runs[0]);
  later.started = "2026-11-26T07:14:02.125Z";
  later.status = record::Status::wrong;
  record_set.records.insert(record_set.records.begin(), later);
  const std::string text = exported("openmetrics", record_set);
  EXPECT_THAT(text, testing::ContainsRegex("assay_measurement_ok\\{[^}]*\\} 0\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("origin=\"measured\"} 1\n")));
  // The time of a wrong result must not appear in a graph.
  EXPECT_THAT(text, testing::Not(HasSubstr("assay_launch_seconds")));
}

TEST(Openmetrics, GivesTheMiddleOfARepeatedMeasurementOrTheWrongOne) {
  record::RecordSet record_set = good_record_set();
  record_set.records.resize(3, record_set.records.front());
  for (std::uint32_t i = 0; i < 3; ++i) {
    record::Record& record = record_set.records[i];
    record.id = store::new_id();
    record.repetition = i;
    record.summary = statistics::summarize(std::vector<double>{i == 1   ? 5e-6
                                                               : i == 0 ? 7e-6
                                                                        : 9e-6});
  }
  EXPECT_THAT(exported("openmetrics", record_set), HasSubstr("} 7e-06"));
  record_set.records[1].status = record::Status::wrong;
  EXPECT_THAT(exported("openmetrics", record_set),
              testing::ContainsRegex("assay_measurement_ok\\{[^}]*\\} 0\n"));
}

TEST(Exports, HaveEachFigureOfTheSensors) {
  record::RecordSet record_set = good_record_set();
  for (std::size_t i = 0; i < std::size(record::kSensorFigures); ++i) {
    record_set.records[0].sensors.*record::kSensorFigures[i].value =
        1234.5 + static_cast<double>(i);
  }
  const std::string csv = exported("csv", record_set),
                    metrics = exported("openmetrics", record_set);
  const std::string heading = csv.substr(0, csv.find("\r\n"));
  for (std::size_t i = 0; i < std::size(record::kSensorFigures); ++i) {
    const record::SensorFigure& figure = record::kSensorFigures[i];
    EXPECT_THAT(heading, HasSubstr("," + std::string(figure.key)));
    EXPECT_THAT(csv, HasSubstr(fmt::format(",{}", 1234.5 + static_cast<double>(i))));
    EXPECT_THAT(metrics, HasSubstr(fmt::format("# HELP assay_sensor_{} {}.", figure.metric,
                                               figure.meaning)));
  }
  EXPECT_THAT(metrics, HasSubstr("# UNIT assay_sensor_clock_median_hertz hertz\n"));
  EXPECT_THAT(exported("openmetrics", good_record_set()),
              testing::Not(HasSubstr("assay_sensor_temperature")))
      << "a figure that the device does not report";
}

TEST(Csv, QuotesFieldsAndNamesTheFileOfImports) {
  const std::string text = exported("csv", imported(kForeign, "a,\"b\".json"));
  EXPECT_THAT(text, HasSubstr(",google-benchmark,\"a,\"\"b\"\".json\","));
}

TEST(BenchmarkName, IsReadBackAndAnotherProgramsIsNot) {
  const auto name =
      BenchmarkName::parse(std::string(kProblem) + "/library/a/cuda:1/cold/manual_time");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->implementation, "library/a");
  EXPECT_EQ(name->device, "cuda:1");
  EXPECT_EQ(name->mode, record::Mode::cold);
  for (const char* other : {"BM_copy", "BM_copy/8", "BM_copy/8/a/b/hot", "/a/b/hot", "a/hot"}) {
    EXPECT_FALSE(BenchmarkName::parse(other)) << other;
  }
}

TEST(Moment, IsReadWithZoneAndFraction) {
  EXPECT_EQ(record::to_utc("2026-11-25T08:14:02+01:00"), "2026-11-25T07:14:02.000Z");
  EXPECT_EQ(record::to_utc("2026-11-25T07:14:02.1254Z"), "2026-11-25T07:14:02.125Z");
  EXPECT_EQ(record::to_utc("2026-11-25T00:00:00-05:30"), "2026-11-25T05:30:00.000Z");
  for (const char* other : {"", "yesterday", "2026-11-25", "2026-11-25T07:14:02",
                            "2026-13-25T07:14:02Z", "11/25/26 08:14"})
    EXPECT_EQ(record::to_utc(other), "") << other;
}

TEST(Utf8, ReplacesEachByteThatIsPartOfNoCharacter) {
  const std::string r(kReplacement);
  EXPECT_EQ(valid_utf8("aΩ日😀"), "aΩ日😀");
  EXPECT_EQ(valid_utf8("\xc3("), r + "(");
  EXPECT_EQ(valid_utf8("\xc0\x80"), r + r);
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), r + r + r);
  EXPECT_EQ(valid_utf8("\xe6\x97"), r + r);
}

TEST(NcclTestsTable, HasVerifiedCollectivesAloneAndSaysWhichAreImported) {
  record::RecordSet record_set = good_record_set();
  const auto problem = kernels::Problem::parse("all_reduce ranks=4 n=1024 type=f32");
  record::Record& record = record_set.records.front();
  record.problem = problem.text();
  record.operation = "all_reduce";
  record.work = problem.operation().work(problem);
  record.check.outcome = kernels::Outcome::right;
  const auto table = [&] {
    std::ostringstream out;
    find_exporter("nccl-tests", "").write(record_set, {"0.1.0", ""}, out);
    return out.str();
  };
  EXPECT_THAT(table(), HasSubstr(" 4096 "));
  EXPECT_THAT(table(), testing::Not(HasSubstr("imported")));
  record.origin = record::Origin::imported;
  EXPECT_THAT(table(), HasSubstr("(imported)"));
  record.check.outcome = kernels::Outcome::unchecked;
  EXPECT_THROW(table(), InputError);
  record.origin = record::Origin::modelled;
  EXPECT_THROW(table(), InputError);
}

record::RecordSet collective_record_set(const std::string& text) {
  record::RecordSet record_set = good_record_set();
  const auto problem = kernels::Problem::parse(text);
  record::Record& record = record_set.records.front();
  record.problem = problem.text();
  record.operation = problem.operation().name;
  record.work = problem.operation().work(problem);
  record.check.outcome = kernels::Outcome::right;
  return record_set;
}

TEST(NcclTestsTable, CountsElementsAsNcclTestsDoes) {
  // 256 KiB of the larger buffer are 65,536 elements, and 16,384 of each of four ranks.
  const auto line = [](const std::string& text) {
    const std::string table = exported("nccl-tests", collective_record_set(text));
    return table.substr(table.find("\n  ") + 1);
  };
  for (const char* one :
       {"all_gather ranks=4 n=16384 type=f32", "reduce_scatter ranks=4 n=16384 type=f32",
        "all_to_all ranks=4 n=16384 type=f32"}) {
    EXPECT_THAT(line(one), testing::ContainsRegex("^ +262144 +16384 +float")) << one;
  }
  for (const char* one :
       {"all_reduce ranks=4 n=65536 type=f32", "broadcast ranks=4 n=65536 type=f32",
        "send_receive ranks=4 n=65536 type=f32"}) {
    EXPECT_THAT(line(one), testing::ContainsRegex("^ +262144 +65536 +float")) << one;
  }
}

TEST(Exports, GiveAlgbwAndBusbwOfACollectiveByName) {
  // 262,144 B in 2 us on four ranks: a link carries 3/2 of it.
  const record::RecordSet collective = collective_record_set("all_reduce ranks=4 n=65536 type=f32"),
                          copy = good_record_set();
  const std::string csv = exported("csv", collective);
  EXPECT_THAT(csv, HasSubstr("bytes_per_second,algbw_bytes_per_second,busbw_bytes_per_second,"));
  EXPECT_THAT(csv, HasSubstr(",131072000000,131072000000,196608000000,,,,,right"));
  const auto samples = ordered_json::parse(exported("google-benchmark", collective));
  const ordered_json& first = samples.at("benchmarks").at(0);
  EXPECT_DOUBLE_EQ(first.at("algbw_bytes/s"), 262144 / 2e-6);
  EXPECT_DOUBLE_EQ(first.at("busbw_bytes/s"), 262144 / 2e-6 * 1.5);
  const std::string metrics = exported("openmetrics", collective);
  EXPECT_THAT(metrics, testing::ContainsRegex(
                           "\nassay_collective_algbw_bytes_per_second\\{.*\\} 131072000000\n"));
  EXPECT_THAT(metrics, testing::ContainsRegex(
                           "\nassay_collective_busbw_bytes_per_second\\{.*\\} 196608000000\n"));
  EXPECT_THAT(metrics, testing::Not(HasSubstr("assay_traffic")));
  EXPECT_THAT(exported("junit", collective), HasSubstr("131 GB/s algbw, 197 GB/s busbw"));
  for (const char* format : {"google-benchmark", "openmetrics", "junit"}) {
    EXPECT_THAT(exported(format, copy), testing::Not(HasSubstr("busbw"))) << format;
  }
}

}  // namespace
}  // namespace assay::results::exchange::exchange_test
