#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace native_fma {
extern const Implementation implementation;
}

namespace {

TEST(NativeFma, IsExactOnEveryTargetForEveryNumberOfRows) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : {"f32", "f64"}) {
      for (const int rows : {1, 2, 3, 4, 5, 6, 11, 23}) {
        expect_right(native_fma::implementation,
                     "fma n=" + std::to_string(64 * rows) + " steps=101 type=" + type);
      }
    }
  }
}

TEST(NativeFma, IsExactWithTheInstructionsForNarrowTypesWhereThereAreSuch) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : {"bf16", "i8"}) {
      for (const int rows : {1, 2, 4, 5, 6, 13}) {
        const std::string text = "fma n=" + std::to_string(64 * rows) + " steps=77 type=" + type;
        const kernels::Problem problem = kernels::Problem::parse(text);
        if (!native_fma::implementation.why_not(problem, test_machine()).empty()) continue;
        expect_right(native_fma::implementation, text);
      }
    }
  }
}

TEST(NativeFma, TakesIntegersOfTheFullRange) {
  const std::string text = "fma n=640 steps=50 type=i8 dist=uniform";
  const kernels::Problem problem = kernels::Problem::parse(text);
  if (!native_fma::implementation.why_not(problem, test_machine()).empty()) GTEST_SKIP();
  expect_right(native_fma::implementation, text);
}

TEST(NativeFma, SaysWhyItCannotMultiplyAType) {
  const auto problem = kernels::Problem::parse("fma n=64 steps=8 type=f8e4m3");
  EXPECT_NE(native_fma::implementation.why_not(problem, test_machine()).find("f8e4m3"),
            std::string::npos);
}

}  // namespace
}  // namespace assay::backends::cpu
