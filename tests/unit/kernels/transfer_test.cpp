#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "kernels/launch/shape.h"
#include "kernels/transfer/shape.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

TEST(Transfer, UsesPinnedMemoryByDefault) {
  EXPECT_EQ(Problem::parse("transfer direction=h2d n=10 type=f32").text(),
            "transfer direction=h2d memory=pinned n=10 type=f32 dist=uniform seed=1");
  EXPECT_EQ(Problem::parse("transfer direction=d2d n=10 type=f32").text(),
            "transfer direction=d2d memory=device n=10 type=f32 dist=uniform seed=1");
  EXPECT_FALSE(
      transfer_shape(Problem::parse("transfer direction=d2h memory=pageable n=1 type=f32")).pinned);
}

TEST(Transfer, RefusesHostMemoryWhereThereIsNone) {
  EXPECT_THROW(Problem::parse("transfer direction=d2d memory=pinned n=1 type=f32"), InputError);
  EXPECT_THROW(Problem::parse("transfer direction=h2d memory=device n=1 type=f32"), InputError);
  EXPECT_THROW(Problem::parse("transfer direction=up n=1 type=f32"), InputError);
}

TEST(Transfer, CountsWhatCrossesTheLinkOnce) {
  const Problem problem = Problem::parse("transfer direction=h2d n=1000 type=f64");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 0);
  EXPECT_EQ(work.bytes, 8000);
}

TEST(Launch, SetsEachOutputToTheInputAndItsIndex) {
  Workbench bench("launch n=64");
  bench.fill_with_reference();
  const double start = bench.numbers<double>(0)[0];
  EXPECT_EQ(bench.get(0), start);
  EXPECT_EQ(bench.get(63), start + 63);
  const Work work = bench.problem.operation().work(bench.problem);
  EXPECT_EQ(work.flop, 0);
  EXPECT_EQ(work.bytes, 4 * 65);
}

TEST(Launch, RefusesWhatWouldBeWork) {
  EXPECT_THROW(Problem::parse("launch n=9999999"), InputError);
}

}  // namespace
}  // namespace assay::kernels
