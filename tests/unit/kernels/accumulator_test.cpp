#include "kernels/matmul/accumulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/input.h"
#include "kernels/matmul/shape.h"

namespace assay::kernels::accumulator_test {
namespace {

TEST(NarrowAccumulator, IsReadFromWhatAnImplementationStates) {
  const auto promoted = narrow_accumulator("e8m13, added up in f32 every 128 products");
  ASSERT_TRUE(promoted);
  EXPECT_EQ(promoted->fraction_bits, 13);
  EXPECT_EQ(promoted->promoted_every, 128);
  EXPECT_EQ(accumulator_text(*promoted), "e8m13, added up in f32 every 128 products");
  EXPECT_EQ(narrow_accumulator("e8m13")->promoted_every, 0);
  for (const char* other : {"", "f32", "e8m3", "e8m12", "e8m23", "e8m13 or so", "e8m013",
                            "e8m13, added up", "e8m13, added up in f32 every -1 products"}) {
    EXPECT_FALSE(narrow_accumulator(other)) << other;
  }
}

/// How a unit adds up.
struct Unit {
  int bits = 13;
  std::int64_t promoted = 128;  ///< 0: never
};

double cut(double value, double scale, int bits) {
  const double step = std::ldexp(1, std::ilogb(scale) - bits);
  return std::trunc(value / step) * step;
}

float narrow_sum(const std::vector<double>& products, const Unit& unit) {
  float sum = 0;
  double part = 0;
  for (std::size_t first = 0; first < products.size(); first += 32) {
    const std::size_t end = std::min(first + 32, products.size());
    double largest = std::abs(part);
    for (std::size_t i = first; i < end; ++i) largest = std::max(largest, std::abs(products[i]));
    if (largest > 0) {
      part = cut(part, largest, unit.bits);
      for (std::size_t i = first; i < end; ++i) part += cut(products[i], largest, unit.bits);
      if (part != 0) part = cut(part, part, unit.bits);
    }
    if (unit.promoted == 0 || end % static_cast<std::size_t>(unit.promoted) != 0) continue;
    sum += static_cast<float>(part);
    part = 0;
  }
  return sum + static_cast<float>(part);
}

/// A product as the unit computes it, judged by what it states.
Outcome judged(const std::string& text, const Unit& unit, const std::string& stated,
               std::uint64_t seed) {
  const Problem problem = Problem::parse(text + " seed=" + std::to_string(seed));
  const auto operands = problem.operation().operands(problem);
  std::vector<std::vector<std::byte>> arrays;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    arrays.emplace_back(static_cast<std::size_t>(operands[i].bytes()));
    if (operands[i].role == Role::input) generate(problem, static_cast<int>(i), 0, arrays.back());
  }
  const MatmulShape s = matmul_shape(problem);
  std::vector<double> a(static_cast<std::size_t>(s.m * s.k)),
      b(static_cast<std::size_t>(s.k * s.n));
  decode_array(s.a, arrays[0].data(), 0, a);
  decode_array(s.b, arrays[1].data(), 0, b);
  std::vector<double> products(static_cast<std::size_t>(s.k));
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t j = 0; j < s.n; ++j) {
      for (std::int64_t l = 0; l < s.k; ++l) {
        products[static_cast<std::size_t>(l)] =
            a[static_cast<std::size_t>(i * s.k + l)] * b[static_cast<std::size_t>(l * s.n + j)];
      }
      store(s.c, arrays[2].data(), i * s.n + j, static_cast<double>(narrow_sum(products, unit)));
    }
  }
  const std::vector<ConstBytes> spans(arrays.begin(), arrays.end());
  return check_accumulated(problem, spans, {.seed = seed}, narrow_accumulator(stated)).outcome;
}

constexpr const char* kPromoted = "e8m13, added up in f32 every 128 products";

class Sums : public testing::TestWithParam<std::string> {
 protected:
  std::string problem(std::int64_t k) const {
    return "matmul m=16 n=32 k=" + std::to_string(k) + " a=f8e4m3 c=f32 dist=" + GetParam();
  }
};

TEST_P(Sums, OfANarrowUnitAreRightByTheBoundThatKnowsIt) {
  for (const std::int64_t k : {32, 200, 1024, 4096}) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
      EXPECT_EQ(judged(problem(k), {}, kPromoted, seed), Outcome::right) << k;
      EXPECT_EQ(judged(problem(k), {.promoted = 0}, "e8m13", seed), Outcome::right) << k;
    }
  }
}

/// Not of uniform or whole numbers: products of few bits are added without much of an error.
TEST(NarrowSums, AreNotThoseOfF32) {
  for (const std::string dist : {"normal", "llm"}) {
    for (const std::int64_t k : {256, 1024}) {
      const std::string problem =
          "matmul m=16 n=32 c=f32 a=f8e4m3 k=" + std::to_string(k) + " dist=" + dist;
      EXPECT_NE(judged(problem, {}, "f32", 1), Outcome::right) << problem;
      EXPECT_NE(judged(problem, {.promoted = 0}, "f32", 1), Outcome::right) << problem;
    }
  }
}

TEST_P(Sums, OfAStillNarrowerUnitAreNotThoseOfTheOneStated) {
  if (GetParam() == "integer") return;
  for (const std::int64_t k : {256, 1024, 4096}) {
    EXPECT_NE(judged(problem(k), {.bits = 9}, kPromoted, 1), Outcome::right) << k;
  }
  // Never promoted, the sum of many products loses more than one that is.
  EXPECT_NE(judged(problem(16384), {.promoted = 0}, kPromoted, 1), Outcome::right);
}

INSTANTIATE_TEST_SUITE_P(Of, Sums, testing::Values("normal", "uniform", "llm", "integer"),
                         [](const auto& one) { return one.param; });

TEST(NarrowAccumulator, ChangesNothingForOtherTypes) {
  EXPECT_NE(judged("matmul m=16 n=16 k=1024 a=f16 c=f32 dist=normal", {}, kPromoted, 1),
            Outcome::right);
}

}  // namespace
}  // namespace assay::kernels::accumulator_test
