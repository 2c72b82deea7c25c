// The table of the best measurements at the end of a run.
#include "harness/cli/run/best.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/terminal/table.h"

namespace assay::cli::run {
namespace {

using kernels::DataType;
using results::record::Division;
using results::record::Record;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Verified, 10 ms a launch.
Record measured(const std::string& problem, const std::string& implementation, double flop,
                double bytes, DataType type = DataType::f32) {
  static int number = 0;
  Record record;
  record.id = std::to_string(++number);
  record.problem = problem;
  record.operation = problem.substr(0, problem.find(' '));
  record.implementation = {implementation, Division::native, {}};
  record.device = {.backend = "cpu", .name = "a CPU", .cache_bytes = 32 << 20};
  record.work = {flop, bytes, type};
  record.device_seconds = std::vector<double>(100, 0.01);
  record.summary = results::statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

std::vector<Record> with_ceilings(std::vector<Record> records) {
  records.push_back(measured("fma n=65536 steps=2048 type=f32", "native/fma", 2e9, 1e6));
  records.push_back(measured("triad n=33554432 type=f32", "native/stream", 1e8, 4e8));
  return records;
}

std::string text(const std::vector<Record>& records) {
  return best_text(records, 80, false);
}

TEST(Best, IsTheLargestShareOfEachOperationTypeAndLimit) {
  const std::string told =
      text(with_ceilings({measured("matmul m=512 n=512 k=512", "native/a", 1e9, 1e6),
                          measured("matmul m=1024 n=1024 k=1024", "native/b", 1.5e9, 1e6),
                          measured("matmul m=1 n=8192 k=8192", "native/c", 1e7, 3e8)}));
  EXPECT_THAT(told, ContainsRegex("matmul f32 +native/b +150 GFLOP/s .* 75% +██████\n"));
  EXPECT_THAT(told, ContainsRegex("matmul f32 +native/c .* mem 75% +██████\n"));
  EXPECT_THAT(told, Not(HasSubstr("native/a")));
}

TEST(Best, LeavesOutTheCeilingsThemselves) {
  const std::string told = text(with_ceilings({measured("copy n=1", "native/copy", 0, 2e8)}));
  EXPECT_THAT(told, HasSubstr("copy f32"));
  EXPECT_THAT(told, Not(HasSubstr("fma")));
  EXPECT_THAT(told, Not(HasSubstr("triad")));
}

TEST(Best, LeavesOutWhatWasNotVerified) {
  std::vector<Record> records = {measured("matmul m=512 n=512 k=512", "native/right", 1e9, 1e6),
                                 measured("matmul m=512 n=512 k=512", "native/wrong", 1.9e9, 1e6)};
  records[1].check.outcome = kernels::Outcome::suspicious;
  EXPECT_THAT(text(with_ceilings(records)), Not(HasSubstr("native/wrong")));
}

TEST(Best, LeavesOutTimesThatCannotBeTrue) {
  EXPECT_EQ(text(with_ceilings({measured("matmul m=512 n=512 k=512", "native/a", 90e9, 1e6)})), "");
}

TEST(Best, MarksAShareOfADoubtfulCeiling) {
  std::vector<Record> records =
      with_ceilings({measured("matmul m=512 n=512 k=512", "native/a", 1e9, 1e6)});
  EXPECT_THAT(text(records), Not(HasSubstr("!")));
  records[1].target_met = records[1].steady = false;
  EXPECT_THAT(text(records), HasSubstr("50%!"));
}

TEST(Best, MarksADoubtfulFigure) {
  std::vector<Record> records = {measured("matmul m=512 n=512 k=512", "native/a", 1e9, 1e6)};
  EXPECT_THAT(text(with_ceilings(records)), Not(HasSubstr("!")));
  records[0].target_met = records[0].steady = false;
  EXPECT_THAT(text(with_ceilings(records)), HasSubstr("!"));
}

TEST(Best, GivesNoShareClearlyAboveTheCeiling) {
  std::vector<Record> records = with_ceilings({measured("attention b=1", "native/a", 9e9, 1e6)});
  // The ceiling is doubtful; above another one the rate could not be true.
  records[1].target_met = records[1].steady = false;
  const std::string told = text(records);
  EXPECT_THAT(told, ContainsRegex("attention f32 .* above\\*\n"));
  EXPECT_THAT(told, Not(HasSubstr("450%")));
  EXPECT_THAT(told, Not(HasSubstr("█")));
  EXPECT_THAT(told, HasSubstr("above*: faster than the ceiling"));
}

TEST(Best, SaysWhereAProductIsTheCeilingItself) {
  // Of 200 GFLOP/s by fma; 130% of it by a product, 65% by another routine.
  const std::string told =
      text(with_ceilings({measured("matmul m=512 n=512 k=512", "native/a", 2.6e9, 1e6),
                          measured("attention b=1", "native/b", 1.3e9, 1e6)}));
  EXPECT_THAT(told, ContainsRegex("matmul f32 +native/a +260 GFLOP/s .* sets it"));
  EXPECT_THAT(told, ContainsRegex("attention f32 +native/b .* 50%"));
}

TEST(Best, IsEmptyWithoutCeilings) {
  EXPECT_EQ(text({measured("matmul m=512 n=512 k=512", "native/a", 1e9, 1e6)}), "");
}

TEST(Best, CountsTheRowsThatAreLeftOut) {
  std::vector<Record> records;
  for (int i = 0; i < 15; ++i) {
    records.push_back(measured("op" + std::to_string(i) + " n=1", "native/a", 1e9, 1e6));
  }
  const std::string told = text(with_ceilings(records));
  EXPECT_THAT(told, HasSubstr("and 3 more: assay show\n"));
}

TEST(Bar, GrowsByEighthsOfAColumn) {
  EXPECT_EQ(harness::terminal::bar(0, 8), "");
  EXPECT_EQ(harness::terminal::bar(1e-6, 8), "▏");
  EXPECT_EQ(harness::terminal::bar(0.5, 8), "████");
  EXPECT_EQ(harness::terminal::bar(0.6, 8), "████▊");
  EXPECT_EQ(harness::terminal::bar(1, 8), "████████");
  EXPECT_EQ(harness::terminal::bar(2.5, 8), "████████");
}

}  // namespace
}  // namespace assay::cli::run
