#include "harness/conformance/trial.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernels/operation.h"

namespace assay::harness::conformance {
namespace {

TEST(SmallProblems, AreSmallInWholeTilesToo) {
  constexpr std::int64_t kTile = 16;
  std::size_t seen = 0;
  for (const kernels::Problem& problem :
       small_problems(kernels::operation_named("attention", "test"), 200)) {
    if (problem.choice("mask") != "none" || problem.limit("window") > 0) continue;
    const auto in_tiles = [&](const char* field) {
      return static_cast<double>(std::max(kTile, problem.dimension(field)));
    };
    // Each pair of a query and a key is a sum over d and one over dv.
    const double flop = 2.0 *
                        static_cast<double>(problem.dimension("b") * problem.dimension("hq")) *
                        in_tiles("sq") * in_tiles("skv") * (in_tiles("d") + in_tiles("dv"));
    EXPECT_LE(flop, 2e7) << problem.text();
    ++seen;
  }
  EXPECT_GT(seen, 20u);
}

}  // namespace
}  // namespace assay::harness::conformance
