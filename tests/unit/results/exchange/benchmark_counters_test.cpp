// Google Benchmark's JSON whose entries contradict themselves, each other or their problem, and
// counters that users called like keys of the library.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/exchange/format.h"

namespace assay::results::exchange::benchmark_counters_test {
namespace {

using testing::HasSubstr;

/// "ok BM_a 5 6; error BM_b": status, problem and samples in nanoseconds, or ~ and the median.
std::string imported(const std::string& entries) {
  std::vector<std::string> left_out;
  const std::string content = fmt::format(
      R"({{"context": {{"date": "2026-03-02T09:10:11Z"}}, "benchmarks": [{}]}})", entries);
  const ImportFile file = {"b.json", content, sha256(content), "2026-01-02T03:04:05.000Z",
                           &left_out};
  std::string out;
  try {
    for (const record::Record& record : import_file(recognise(file), file).records) {
      out += fmt::format("{}{} {}", out.empty() ? "" : "; ", name(record.status),
                         record.problem.substr(record.problem.find(' ') + 1));
      for (const double seconds : record.device_seconds) out += fmt::format(" {:g}", seconds * 1e9);
      if (record.device_seconds.empty() && record.status == record::Status::ok) {
        out += fmt::format(" ~{:g}", record.summary.median * 1e9);
      }
    }
  } catch (const InputError& error) {
    return fmt::format("refused: {}", error.what());
  }
  for (const std::string& text : left_out) out += "; left out: " + text;
  return out;
}

std::string iteration(const std::string& more = "", int index = 0, int of = 1, double time = 5) {
  return fmt::format(R"({{"name": "BM_a", "run_name": "BM_a", "run_type": "iteration",
      "repetitions": {}, "repetition_index": {}, "iterations": 7, "real_time": {}, "cpu_time": 5,
      "time_unit": "ns"{}}})",
                     of, index, time, more);
}

std::string aggregate(const std::string& statistic, double time, const std::string& more = "") {
  return fmt::format(R"({{"name": "BM_a_{0}", "run_name": "BM_a", "run_type": "aggregate",
      "aggregate_name": "{0}", "iterations": 7, "real_time": {1}, "cpu_time": 5,
      "time_unit": "ns"{2}}})",
                     statistic, time, more);
}

TEST(BenchmarkCounters, CalledLikeAKeyOfTheLibraryDoNotReplaceIt) {
  for (const char* counter :
       {R"("real_time": 123456.0)", R"("time_unit": 3.0)", R"("name": 4.0)", R"("run_type": 1.0)",
        R"("repetitions": 9.0)", R"("real_time": {"name": [1, {"real_time": 2}]})"}) {
    EXPECT_EQ(imported(iteration(fmt::format(", {}", counter))), "ok BM_a 5") << counter;
  }
  EXPECT_EQ(imported(iteration(R"(, "skipped": 3.0)")), "ok BM_a 5");
}

TEST(BenchmarkTimes, OfNothingAreNamed) {
  EXPECT_THAT(imported(iteration("", 0, 1, 0)), HasSubstr("its time is not above zero"));
  EXPECT_THAT(imported(aggregate("median", 0)), HasSubstr("its time is not above zero"));
  EXPECT_THAT(
      imported(R"({"name": "BM_a", "real_time": 5e-324, "cpu_time": 1, "time_unit": "s"})"
               ","
               R"({"name": "BM_b", "real_time": 4e-324, "cpu_time": 1, "time_unit": "ns"})"),
      HasSubstr("left out: b.json: record"));
  EXPECT_EQ(imported(R"({"name": "BM_a", "run_type": "summary", "real_time": 5},)" + iteration()),
            "ok BM_a 5; left out: b.json: BM_a: its run_type is neither iteration nor aggregate");
}

TEST(BenchmarkStatistics, ThatAreNoTimesAreNotTakenForTimes) {
  const std::string share = R"(, "aggregate_unit": "percentage")";
  EXPECT_THAT(imported(aggregate("median", 0.05, share)), HasSubstr("no median and no mean"));
  EXPECT_EQ(imported(aggregate("mean", 5) + "," + aggregate("median", 0.05, share)), "ok BM_a ~5");
  const std::string failed = R"(, "error_occurred": true, "error_message": "no memory")";
  EXPECT_EQ(imported(aggregate("mean", 5, failed) + "," + aggregate("stddev", 0, failed)),
            "error BM_a");
}

TEST(BenchmarkStatistics, OfTheSecondBenchmarkOfANameAreNotLost) {
  const auto all = [](double time) {
    return aggregate("mean", time) + "," + aggregate("median", time) + "," +
           aggregate("stddev", 0.5);
  };
  EXPECT_EQ(imported(all(5) + "," + all(9)), "ok BM_a ~5; ok BM_a #2 ~9");
  // Without run_type.
  std::string old;
  for (const double time : {5.0, 9.0}) {
    for (const char* statistic : {"mean", "median", "stddev"}) {
      old += fmt::format(
          R"({}{{"name": "BM_a_{}", "real_time": {}, "cpu_time": 1, "time_unit": "ns"}})",
          old.empty() ? "" : ",", statistic, *statistic == 's' ? 0.5 : time);
    }
  }
  EXPECT_EQ(imported(old), "ok BM_a ~5; ok BM_a #2 ~9");
}

TEST(BenchmarkStatistics, ThatAreNotThoseOfTheRepetitionsAreNamed) {
  const auto two = [](double mean, int of) {
    return iteration("", 0, of, 50) + "," + iteration("", 1, of, 60) + "," +
           aggregate("mean", mean);
  };
  EXPECT_EQ(imported(two(55, 2)), "ok BM_a 50 60");
  EXPECT_EQ(imported(two(56, 2)), "ok BM_a 50 60");  // the first versions wrote whole numbers
  EXPECT_THAT(imported(two(57.5, 2)),
              HasSubstr("its mean is 5.75e-08 s, and that of its repetitions"));
  EXPECT_THAT(imported(two(90, 3)), HasSubstr("ok BM_a 50 60"));  // the third is not in the file
}

TEST(BenchmarkNames, OfAssaysProblemsKeepTheProblemsWork) {
  const auto named = [](const std::string& rate) {
    return fmt::format(R"({{"name": "copy n=64 type=f32/library/x/cpu:0/hot/manual_time",
        "real_time": 512, "cpu_time": 512, "time_unit": "ns"{}}})",
                       rate);
  };
  const std::string right = "ok n=64 type=f32 dist=uniform seed=1 512";
  EXPECT_EQ(imported(named("")), right);
  EXPECT_EQ(imported(named(R"(, "bytes/s": 1e9)")), right);
  EXPECT_THAT(imported(named(R"(, "bytes/s": 1e12)")), HasSubstr("bytes/s is not the rate of"));
  EXPECT_THAT(imported(named(R"(, "FLOP/s": 1e12)")), HasSubstr("FLOP/s is not the rate of"));
}

}  // namespace
}  // namespace assay::results::exchange::benchmark_counters_test
