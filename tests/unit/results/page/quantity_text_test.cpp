#include "results/page/quantity_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace assay::results::page {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(QuantityText, DurationsHaveThreeDigitsAndAUnitThatFits) {
  EXPECT_EQ(duration_text(0.0861), "86.1 ms");
  EXPECT_EQ(duration_text(2), "2.00 s");
  EXPECT_EQ(duration_text(12.5e-6), "12.5 µs");
  EXPECT_EQ(duration_text(3e-9), "3.00 ns");
  EXPECT_EQ(duration_text(200), "3 min 20 s");
  EXPECT_EQ(duration_text(7260), "2 h 01 min");
  EXPECT_EQ(scaled_text(200, "s"), duration_text(200));
}

TEST(QuantityText, RoundingCarriesIntoTheNextUnit) {
  EXPECT_EQ(duration_text(0.9996), "1.00 s");
  EXPECT_EQ(duration_text(0.9994), "999 ms");
  EXPECT_EQ(duration_text(99.94), "99.9 s");
  EXPECT_EQ(duration_text(99.96), "1 min 40 s");
  EXPECT_EQ(duration_text(3599.6), "1 h 00 min");
  EXPECT_EQ(scaled_text(999.4e9, "FLOP/s"), "999 GFLOP/s");
  EXPECT_EQ(scaled_text(999.5e9, "FLOP/s"), "1.00 TFLOP/s");
  EXPECT_EQ(scaled_text(99.94e9, "FLOP/s"), "99.9 GFLOP/s");
  EXPECT_EQ(scaled_text(99.96e9, "FLOP/s"), "100 GFLOP/s");
  EXPECT_EQ(percent_text(0.0949), "9.5%");
  EXPECT_EQ(percent_text(0.0996), "10%");
  EXPECT_EQ(percent_text(0.0096), "1.0%");
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1023.6), "1.00 KiB");
}

TEST(QuantityText, RatesHaveDecimalPrefixes) {
  EXPECT_EQ(scaled_text(199e9, "FLOP/s"), "199 GFLOP/s");
  EXPECT_EQ(scaled_text(33.12e9, "B/s"), "33.1 GB/s");
  EXPECT_EQ(scaled_text(752e12, "FLOP/s"), "752 TFLOP/s");
  EXPECT_EQ(scaled_text(0.5, "B/s"), "0.500 B/s");
  EXPECT_EQ(scaled_text(0.0042, "J"), "4.20 mJ");
}

TEST(QuantityText, PercentagesHaveOneRule) {
  EXPECT_EQ(percent_text(0.8649), "86%");
  EXPECT_EQ(percent_text(1.175), "118%");
  EXPECT_EQ(percent_text(0.041), "4.1%");
  EXPECT_EQ(percent_text(0.004), "0.40%");
  EXPECT_EQ(half_width_text(1.175), "±118%");
  EXPECT_EQ(half_width_text(1.24), "±124%");
  EXPECT_EQ(half_width_text(0.008), "±0.80%");
  EXPECT_EQ(half_width_text(0.0004), "±0.04%");
  EXPECT_EQ(change_text(0.041), "+4.1%");
  EXPECT_EQ(change_text(-0.12), "-12%");
  EXPECT_EQ(target_text(0.01), "1%");
  EXPECT_EQ(target_text(0.005), "0.5%");
  EXPECT_EQ(target_text(123.4), "12340%");
}

TEST(QuantityText, RatiosAreExactAroundOne) {
  EXPECT_EQ(ratio_text(0.99804), "0.998");
  EXPECT_EQ(ratio_text(1), "1.000");
  EXPECT_EQ(ratio_text(9.9996), "10.00");
  EXPECT_EQ(ratio_text(12.345), "12.35");
  EXPECT_EQ(ratio_text(1250), "1250");
  EXPECT_EQ(ratio_text(0.01234), "0.0123");
}

TEST(QuantityText, BytesHaveBinaryPrefixes) {
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(128 * 1024.0 * 1024), "128 MiB");
  EXPECT_EQ(bytes_text(1536), "1.50 KiB");
}

TEST(QuantityText, ZeroHasNoDecimals) {
  EXPECT_EQ(duration_text(0), "0 s");
  EXPECT_EQ(scaled_text(0, "FLOP/s"), "0 FLOP/s");
  EXPECT_EQ(percent_text(0), "0%");
  EXPECT_EQ(change_text(0), "0%");
  EXPECT_EQ(half_width_text(0), "±0%");
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(number_text(0, 4), "0");
}

TEST(QuantityText, NegativeNumbersAreWrittenAsPositiveOnes) {
  EXPECT_EQ(duration_text(-0.0861), "-86.1 ms");
  EXPECT_EQ(duration_text(-200), "-3 min 20 s");
  EXPECT_EQ(scaled_text(-199e9, "B/s"), "-199 GB/s");
  EXPECT_EQ(percent_text(-0.8649), "-86%");
  EXPECT_EQ(bytes_text(-1536), "-1.50 KiB");
  EXPECT_EQ(number_text(-1.6667, 4), "-1.667");
}

TEST(QuantityText, WhatIsNotFiniteIsAQuestionMark) {
  for (const double value : {kNaN, kInfinity, -kInfinity}) {
    EXPECT_EQ(duration_text(value), "? s");
    EXPECT_EQ(scaled_text(value, "B/s"), "? B/s");
    EXPECT_EQ(percent_text(value), "?");
    EXPECT_EQ(change_text(value), "?");
    EXPECT_EQ(half_width_text(value), "±?");
    EXPECT_EQ(target_text(value), "?");
    EXPECT_EQ(ratio_text(value), "?");
    EXPECT_EQ(bytes_text(value), "? B");
    EXPECT_EQ(number_text(value, 4), "?");
  }
}

TEST(QuantityText, VerySmallAndVeryLargeNumbersStayReadable) {
  EXPECT_EQ(duration_text(1.23e-13), "0.000123 ns");
  EXPECT_EQ(duration_text(1e300), "1.00e+300 s");
  EXPECT_EQ(scaled_text(5e21, "FLOP/s"), "5000 EFLOP/s");
  EXPECT_EQ(scaled_text(1e300, "B/s"), "1.00e+282 EB/s");
  EXPECT_EQ(percent_text(0.00001), "0.001%");
  EXPECT_EQ(percent_text(1e-12), "1e-10%");
  EXPECT_EQ(percent_text(1e9), "1e+11%");
}

}  // namespace
}  // namespace assay::results::page
