#include "harness/cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace assay::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The line of a launch of one second.
std::string line_of(const std::string& operation, double flop, double bytes) {
  results::record::Record record;
  record.operation = operation;
  record.problem = operation + " n=64";
  record.implementation.name = "native/x";
  record.work = {flop, bytes, kernels::DataType::f32};
  record.summary.median = 1;
  return record_line(record, false);
}

TEST(RecordLine, QuotesTheFigureOfTheOperation) {
  EXPECT_THAT(line_of("matmul", 3e9, 2e9), HasSubstr("3.00 GFLOP/s  right"));
  EXPECT_THAT(line_of("triad", 3e9, 18e9), HasSubstr("18.0 GB/s  right"));
  EXPECT_THAT(line_of("copy", 0, 2e9), HasSubstr("2.00 GB/s  right"));
}

TEST(RecordLine, QuotesNoRateWhereATimeIsTheFigure) {
  EXPECT_THAT(line_of("launch", 0, 8), Not(HasSubstr("B/s")));
  EXPECT_THAT(line_of("launch", 0, 8), HasSubstr("±?!  right"));
}

/// Verified and timed, with ten samples 1% apart.
results::record::Record sound() {
  results::record::Record record;
  record.operation = "copy";
  record.problem = "copy n=64 type=f32";
  record.implementation.name = "native/x";
  record.work = {0, 2e9, kernels::DataType::f32};
  for (int i = 0; i < 40; ++i) record.device_seconds.push_back(1 + 0.001 * (i % 3));
  record.summary = results::statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

TEST(RecordLine, MarksADoubtfulFigureAndSaysWhy) {
  results::record::Record record = sound();
  EXPECT_THAT(record_line(record, false), Not(HasSubstr("!")));
  record.machine_load.steal_share = 0.5;
  EXPECT_THAT(record_line(record, false), HasSubstr("!  2.00 GB/s  right; busy"));
}

TEST(RecordLine, SaysWhichConfidenceAHalfWidthReaches) {
  results::record::Record record = sound();
  record.summary.confidence = 0.75;
  EXPECT_THAT(record_line(record, false), HasSubstr(" at 75%!"));
}

}  // namespace
}  // namespace assay::cli
