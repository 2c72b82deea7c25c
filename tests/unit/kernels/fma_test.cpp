#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels::fma_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string error_of(std::string_view text) {
  try {
    Problem::parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Fma, TakesMoreProductsAStepTheNarrowerTheType) {
  const auto width = [](const char* type) {
    return fma_shape(Problem::parse(fmt::format("fma n=64 steps=8 type={}", type))).w;
  };
  EXPECT_EQ(width("f64"), 1);
  EXPECT_EQ(width("f32"), 1);
  EXPECT_EQ(width("f16"), 2);
  EXPECT_EQ(width("f8e4m3"), 4);
  EXPECT_EQ(width("i8"), 4);
}

TEST(Fma, CountsEveryProduct) {
  const Problem problem = Problem::parse("fma n=6400 steps=50 type=bf16");
  EXPECT_EQ(problem.text(), "fma n=6400 steps=50 type=bf16 acc=f32 dist=integer seed=1");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 2.0 * 2 * 6400 * 50);
  EXPECT_EQ(work.bytes, 64 * 2 * 2 + 100 * 2 * 2 + 6400 * 4);
  EXPECT_THAT(problem.operation().operands(problem)[1].extents, ElementsAre(100, 2));
}

TEST(Fma, NamesTheFieldThatDoesNotFit) {
  EXPECT_THAT(error_of("fma n=100 steps=8 type=f32"), HasSubstr("field n"));
  EXPECT_THAT(error_of("fma n=64 steps=8 type=f32 acc=f64"), HasSubstr("field acc"));
  EXPECT_THAT(error_of("fma n=64 steps=20000000 type=f32"), HasSubstr("field steps"));
  EXPECT_THAT(error_of("fma n=64 steps=100000 type=i8 dist=uniform"), HasSubstr("field steps"));
  EXPECT_EQ(error_of("fma n=64 steps=100000 type=i8"), "accepted");
}

TEST(FmaReference, MultipliesTheDotProductBySteps) {
  Workbench bench("fma n=128 steps=10 type=bf16");
  for (std::int64_t i = 0; i < 128; ++i) {
    store(DataType::bf16, bench.buffers[0].data(), i, static_cast<double>(i));
  }
  for (std::int64_t i = 0; i < 4; ++i) {
    store(DataType::bf16, bench.buffers[1].data(), i, static_cast<double>(i + 1));
  }
  bench.fill_with_reference();
  EXPECT_EQ(bench.get(0), 10 * (0 * 1 + 1 * 2));
  EXPECT_EQ(bench.get(63), 10 * (126 * 1 + 127 * 2));
  EXPECT_EQ(bench.get(64 + 2), 10 * (4 * 3 + 5 * 4));
}

}  // namespace
}  // namespace assay::kernels::fma_test
