#include "results/statistics/distributions.h"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::results::statistics {
namespace {

// Values of published tables (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7).
TEST(Distributions, GiveTheQuantilesOfPublishedTables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(normal_probability(1.0), 0.841345, 1e-6);
  EXPECT_NEAR(student_quantile(4, 0.975), 2.776, 5e-4);
  EXPECT_NEAR(student_upper_probability(4, 2.7764451), 0.025, 1e-8);
}

TEST(Distributions, KeepSmallUpperTailsExact) {
  // Mills' ratio: the tail beyond z is close to exp(-z²/2) / (z sqrt(2 pi)) (1 - 1/z²).
  const double z = normal_upper_quantile(1e-100);
  const double tail = -z * z / 2 - std::log(z * std::sqrt(2 * M_PI)) + std::log1p(-1 / (z * z));
  EXPECT_NEAR(tail / std::log(1e-100), 1, 1e-5);
}

TEST(Distributions, CountEvenChances) {
  EXPECT_NEAR(even_binomial_probability(5, 1), 6.0 / 32, 1e-12);
}

}  // namespace
}  // namespace assay::results::statistics
