#include "results/page/figures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace assay::results::page {
namespace {

using testing::HasSubstr;

record::Record timed(const std::string& operation, double flop, double bytes) {
  record::Record record;
  record.operation = operation;
  record.work = {flop, bytes, kernels::DataType::f32};
  record.summary.count = 3;
  record.summary.median = 1;
  record.summary.interval = {0.95, 1.053};
  return record;
}

TEST(Figures, QuoteTheOperationsOwnRate) {
  EXPECT_EQ(rate_text(timed("matmul", 3e9, 2e9)), "3.00 GFLOP/s");
  EXPECT_EQ(rate_text(timed("triad", 3e9, 18e9)), "18.0 GB/s");
  EXPECT_EQ(rate_text(timed("launch", 0, 8)), "");
  EXPECT_EQ(rates_text(timed("matmul", 3e9, 2e9)), "3.00 GFLOP/s, 2.00 GB/s");
  EXPECT_EQ(rates_text(timed("launch", 0, 8)), "");
  record::Record wrong = timed("matmul", 3e9, 2e9);
  wrong.status = record::Status::wrong;
  EXPECT_EQ(rate_text(wrong) + rates_text(wrong), "");
}

TEST(Figures, SayWhichConfidenceAHalfWidthReaches) {
  record::Record record = timed("copy", 0, 1);
  EXPECT_EQ(half_width_text(record), "±5.3%");
  record.summary.confidence = 0.75;
  EXPECT_EQ(half_width_text(record), "±5.3% at 75%");
  record.settings.confidence = 0.75;
  EXPECT_EQ(half_width_text(record), "±5.3%");
}

record::Attainable share(double fraction, double lower, double upper) {
  record::Attainable out;
  out.fraction = fraction;
  out.interval = {lower, upper};
  out.roof.record = "12345678-roof";
  out.roof.summary.count = 20;
  out.roof.summary.median = 1;
  out.roof.summary.interval = {0.9, 1.14};
  return out;
}

TEST(Figures, GiveAShareItsUncertainty) {
  EXPECT_EQ(share_text(share(0.5, 0.45, 0.52)), "50% ±10%");
  record::Attainable own = share(1, 1, 1);
  own.is_roof = true;
  EXPECT_EQ(share_text(own), "100%");
  EXPECT_EQ(share_text(share(0.5, std::nan(""), std::nan(""))), "50% ±?");
}

TEST(Figures, SayWhyAShareIsAboveItsCeiling) {
  EXPECT_EQ(above_ceiling_text(share(0.99, 0.9, 1.1)), "");
  EXPECT_EQ(above_ceiling_text(share(1.05, 0.9, 1.2)),
            "above the measured ceiling of 12345678: the ceiling is uncertain by ±14%");
  EXPECT_THAT(above_ceiling_text(share(1.5, 1.3, 1.7)), HasSubstr("and was measured too low"));
  record::Attainable cached = share(1.5, 1.3, 1.7);
  cached.bound = record::Bound::memory;
  cached.cached = true;
  EXPECT_THAT(above_ceiling_text(cached), HasSubstr("the operands may be in the cache"));
}

}  // namespace
}  // namespace assay::results::page
