#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

TEST(Copy, MovesTwoArraysAndComputesNothing) {
  const Problem problem = Problem::parse("copy n=1000 type=bf16");
  EXPECT_EQ(problem.text(), "copy n=1000 type=bf16 dist=uniform seed=1");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 0);
  EXPECT_EQ(work.bytes, 2 * 1000 * 2);
}

TEST(CopyReference, KeepsEveryBitEvenOfNaN) {
  Workbench bench("copy n=256 type=f8e5m2");
  for (std::size_t i = 0; i < 256; ++i) bench.buffers[0][i] = static_cast<std::byte>(i);
  bench.fill_with_reference();
  EXPECT_EQ(bench.output(), bench.buffers[0]);
  EXPECT_EQ(bench.check().outcome, Outcome::right);
  EXPECT_EQ(bench.check().elements, 256);
}

}  // namespace
}  // namespace assay::kernels
