#include "harness/cli/show/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "harness/terminal/table.h"
#include "results/exchange/csv.h"

namespace assay::cli::text_test {
namespace {

using kernels::DataType;
using kernels::Outcome;
using results::record::Record;
using results::record::Status;
using testing::HasSubstr;
using testing::Not;

/// Verified, 10 ms a launch.
Record record_of(const std::string& problem, const std::string& implementation, double flop,
                 double bytes, DataType type = DataType::f32) {
  Record record;
  record.id = "0badcafe-0000-4000-8000-000000000000";
  record.problem = problem;
  record.operation = problem.substr(0, problem.find(' '));
  record.implementation = {implementation,
                           results::record::require_named<results::record::Division>(
                               implementation.substr(0, implementation.find('/')), "test"),
                           {}};
  record.device = {.backend = "cpu", .name = "AMD EPYC", .cache_bytes = 32 << 20};
  record.work = {flop, bytes, type};
  record.device_seconds = std::vector<double>(40, 0.01);
  record.summary = results::statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

std::vector<Record> records() {
  std::vector<Record> out = {
      record_of("matmul m=1024 n=2048 k=2048 dist=uniform seed=1", "native/skinny", 1.9e9, 5e7),
      record_of("matmul m=1024 n=2048 k=2048 dist=uniform seed=1", "library/openblas", 1.5e9, 5e7),
      record_of("fma n=65536 steps=2048 type=f32", "native/fma", 2e9, 1e6),
      record_of("matmul m=256 n=2048 k=2048 dist=uniform seed=1", "library/onednn", 1e9, 5e7),
      record_of("copy n=33554432 type=f32", "native/copy", 0, 3e8)};
  // A record's own ceiling is exactly 100%, so the others need ids of their own.
  for (std::size_t i = 0; i < out.size(); ++i) out[i].id[35] = static_cast<char>('0' + i);
  return out;
}

const results::record::Run kRun{.id = "12345678-0000-4000-8000-000000000000",
                                .started = "2026-11-24T10:00:00.000Z",
                                .ended = "2026-11-24T10:01:00.000Z",
                                .suite = "quick",
                                .host = "host",
                                .assay_version = "0.1.0"};

std::string shown(const std::vector<Record>& all, const show::ShowStyle& style = {}) {
  return show::run_text(kRun, all, all, style);
}

TEST(RunText, HasOneTableForEachOfSeveralDevicesOfOneName) {
  std::vector<Record> all;
  for (const char* unit : {"host-1", "host-2", "host-10"}) {
    for (Record record : records()) {
      record.device.unique_id = unit;
      all.push_back(record);
    }
  }
  const std::string text = shown(all);
  std::size_t titles = 0;
  for (std::size_t at = 0; (at = text.find("cpu:0 AMD EPYC", at)) != std::string::npos; ++at)
    ++titles;
  EXPECT_EQ(titles, 3U) << text;
}

TEST(RunText, HoldsEachRateAgainstItsCeilingInThatCeilingsUnit) {
  const std::string text = shown(records());
  EXPECT_THAT(text, HasSubstr("f32 200 GFLOP/s ±0% (peak by fma); memory 30.0 GB/s ±0%"));
  EXPECT_THAT(text, HasSubstr("150 GFLOP/s  75% ±0%"));
  EXPECT_THAT(text, HasSubstr("30.0 GB/s  100% mem"));
}

TEST(RunText, SaysWhichOperationMeasuredACeilingAndWhichSizeIsMissing) {
  auto all = records();
  for (Record& record : all) record.device.cache_bytes = 126'000'000;
  all[0].work = {2.6e9, 1e6, all[0].work.type};
  const std::string text = shown(all);
  EXPECT_THAT(text, HasSubstr("f32 260 GFLOP/s ±0% (peak by matmul); memory none (no triad"));
  EXPECT_THAT(text, HasSubstr("260 GFLOP/s  100%"));
}

TEST(RunText, TakesCeilingsFromTheWholeRunWhateverIsShown) {
  const auto all = records();
  const std::string text = show::run_text(kRun, std::span(all).first(1), all, {});
  EXPECT_THAT(text, HasSubstr("95% ±0%"));
  EXPECT_THAT(text, Not(HasSubstr("openblas")));
}

TEST(RunText, KeepsDivisionsApartThoughAnotherOneIsQuicker) {
  auto all = records();
  all[0].summary.median = 0.001;
  const std::string text = shown(all);
  EXPECT_LT(text.find("library/openblas"), text.find("native/skinny"));
  EXPECT_THAT(text, HasSubstr("within one division"));
}

TEST(RunText, OrdersProblemsByTheNumbersInThem) {
  const std::string text = shown(records());
  EXPECT_LT(text.find("m=256"), text.find("m=1024"));
}

TEST(RunText, SaysWhyARecordIsNotOkAndGivesItNoRate) {
  auto all = records();
  all[1].status = Status::wrong;
  all[1].check = {Outcome::wrong, "full FP64", 1e9, "C[3][17] is 1.25", 10};
  all[1].reason = "wrong result (full FP64): C[3][17] is 1.25";
  const std::string text = shown(all);
  EXPECT_THAT(text, HasSubstr("\n    wrong result (full FP64): C[3][17] is 1.25\n"));
  EXPECT_THAT(text, Not(HasSubstr("150 GFLOP/s")));
  EXPECT_THAT(text, HasSubstr("5 records: 4 ok, 1 wrong"));
}

TEST(RunText, MarksDoubtfulRecordsAndCountsTheReasons) {
  auto all = records();
  EXPECT_THAT(shown(all), Not(HasSubstr("!")));
  all[0].target_met = false;
  all[1].machine_load.own_cpu_share = 0.5;
  EXPECT_THAT(shown(all),
              testing::AllOf(HasSubstr("±0%!"), HasSubstr("!: 2 of 5 doubtful: 1 busy (other work"),
                             HasSubstr("1 interval")));
}

TEST(RunText, SaysWhyAShareIsAboveItsCeiling) {
  auto all = records();
  all[1].work.flop = 2.5e9;
  EXPECT_THAT(shown(all), testing::AllOf(HasSubstr("125% ±0%"),
                                         HasSubstr("above the measured ceiling of 0badcafe")));
}

TEST(RunText, MarksASuspiciousOutputAndWhere) {
  auto all = records();
  all[0].check = {Outcome::suspicious, "full FP64", 1.3, "C[1][2] is 1.3 bounds off", 10};
  EXPECT_THAT(shown(all), testing::AllOf(HasSubstr("suspicious\n    C[1][2] is 1.3 bounds off"),
                                         HasSubstr("5 ok (1 suspicious)")));
}

TEST(RunText, FitsEightyColumns) {
  auto all = records();
  all[0].problem =
      "attention b=1 hq=128 hkv=128 sq=131072 skv=131072 d=192 dv=128 type=f8e4m3 "
      "mask=causal dist=normal seed=12345";
  all[0].status = Status::unsupported;
  all[0].reason =
      "a reason that is much too long to be written on one line of a terminal that has "
      "eighty columns, as most still have";
  all[1].implementation.name = "library/one-with-a-name-that-nobody-could-have-foreseen";
  std::istringstream lines(shown(all));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(harness::terminal::text_width(line), 80u) << line;
  }
}

TEST(RunText, SaysThatARunHasNotEnded) {
  results::record::Run run = kRun;
  run.ended.clear();
  const auto all = records();
  EXPECT_THAT(show::run_text(run, all, all, {}), HasSubstr("interrupted or still running"));
  EXPECT_THAT(show::run_text(kRun, {}, all, {}), HasSubstr("No records match."));
}

TEST(CsvText, QuotesAsRfc4180AsksAndHasAFieldForEachTitle) {
  auto all = records();
  all[0].reason = "said \"no\", and left";
  const std::string text = results::exchange::csv_text(std::span(all).first(1), all);
  EXPECT_THAT(text, HasSubstr(",\"said \"\"no\"\", and left\","));
  EXPECT_THAT(text, HasSubstr(",peak,0.95,0.95,0.95,right,true,true,,,,,,0,,,,,,,,,,\r\n"));
  const std::string plain = results::exchange::csv_text(std::span(all).last(1), all);
  const auto end = plain.find("\r\n");
  EXPECT_EQ(std::count(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(end), ','),
            std::count(plain.begin() + static_cast<std::ptrdiff_t>(end), plain.end(), ','));
}

TEST(RecordText, TellsEveryPartOfARecord) {
  Record record = records().front();
  record.sensors.power_watts = 212.5;
  record.sensors.memory_clock_hz_median = 2.6e9;
  record.machine_load.psi_cpu_some = 0.12;
  record.machine_load.own_cpu_share = 0.99;
  record.implementation.details = {{"threads", "2"}};
  record.environment = "feed";
  const std::string text =
      show::record_text(record, {}, R"({"cpu":{"model":"EPYC"},"kernel":"6.1"})", {});
  for (const char* part :
       {"0badcafe-", "native/skinny", "threads           2", "212 W", "memory clock      2.60 GHz",
        "CPU pressure      12% of the time", "own share         99%",
        "40; effective sample size 40", "cpu.model         EPYC", "kernel            6.1",
        "dist=uniform seed=1", "over time"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(RecordText, DrawsABurnAndSaysWhetherItFaded) {
  Record record = records().front();
  EXPECT_THAT(show::record_text(record, {}, "", {}), Not(HasSubstr("burn")));
  record.settings.burn_seconds = 8;
  for (int i = 0; i < 8; ++i) {
    const double launches = i < 4 ? 100 : 80;
    record.course.push_back(
        {.seconds = 1, .launches = launches, .launch_seconds = 1, .clock_hz = 1e7 * launches});
  }
  const std::string text = show::record_text(record, {}, "", {});
  for (const char* part : {"████▁▁▁▁", "8.00 s requested", "152 GFLOP/s to 190 GFLOP/s",
                           "800 MHz to 1.00 GHz", "-20% of the first half's rate: the boost"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, Not(HasSubstr("temperature")));
}

TEST(RecordText, TellsWhatALaunchCostsWhereTheDeviceDoes) {
  Record record = records().front();
  record.energy = {2.5, 2.35, 2.7, 7.6e8, "counter", 4.8, 0.1, 0.05};
  record.throttling = {.discarded_launches = 30, .pauses = 2};
  const std::string text = show::record_text(record, {}, "", {});
  EXPECT_THAT(text, HasSubstr("2.50 J ±8.0%, by the energy counter over 4.80 s (updated"));
  EXPECT_THAT(text, HasSubstr("every 100 ms); ±5.0% of it is the sensor's accuracy"));
  EXPECT_THAT(text, HasSubstr("760 MFLOP/s/W, 704 MFLOP/s/W to 809 MFLOP/s/W at 95%"));
  EXPECT_THAT(text, HasSubstr("30 launches below 75%"));
}

TEST(RunText, HoldsNeitherALinkNorALaunchAgainstTheMemorysCeiling) {
  auto all = records();
  all.push_back(record_of("transfer direction=h2d n=33554432 type=f32", "native/stream", 0, 1.5e8));
  all.push_back(record_of("launch n=64", "native/region", 0, 260, DataType::i32));
  const std::string text = shown(all);
  EXPECT_THAT(text, HasSubstr("15.0 GB/s"));
  EXPECT_THAT(text, Not(HasSubstr("50% mem")));
  EXPECT_THAT(text, Not(HasSubstr("kB/s")));
}

TEST(RunText, TellsWhatLimitsALibraryHere) {
  auto all = records();
  EXPECT_THAT(shown(all), Not(HasSubstr("kernels are for")));
  all[1].implementation.details["limitation"] = "the kernels are for Prescott";
  EXPECT_THAT(shown(all), HasSubstr("the kernels are for Prescott"));
}

TEST(RunText, GivesTheBusbwOfACollectiveByNameAndNoShareOfTheMemory) {
  auto all = records();
  all.push_back(record_of("all_gather ranks=2 n=33554432 type=f32", "library/mpi", 0, 1.5e8));
  const std::string text = shown(all);
  EXPECT_THAT(text, HasSubstr("7.50 GB/s busbw"));
  EXPECT_THAT(text, Not(HasSubstr("50% mem")));
  EXPECT_THAT(text, Not(HasSubstr("25% mem")));
  EXPECT_THAT(show::record_text(all.back(), {}, "", {}),
              HasSubstr("15.0 GB/s algbw, 7.50 GB/s busbw"));
}

}  // namespace
}  // namespace assay::cli::text_test
