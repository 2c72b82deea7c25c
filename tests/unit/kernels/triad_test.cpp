#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {
namespace {

TEST(Triad, MovesThreeArraysAtTwoFlopAnElement) {
  const Problem problem = Problem::parse("triad n=1000 type=f64");
  const Work work = problem.operation().work(problem);
  EXPECT_EQ(work.flop, 2000);
  EXPECT_EQ(work.bytes, 3 * 1000 * 8);
  EXPECT_THROW(Problem::parse("triad n=1000 type=i8"), InputError);
}

TEST(TriadReference, RoundsOnce) {
  Workbench bench("triad n=2 type=bf16");
  store(DataType::bf16, bench.buffers[0].data(), 0, 1);
  store(DataType::bf16, bench.buffers[1].data(), 0, 2);
  // 3 * 129 = 387 is halfway between two bf16; with b = 0.5 the sum is above it.
  store(DataType::bf16, bench.buffers[0].data(), 1, 0.5);
  store(DataType::bf16, bench.buffers[1].data(), 1, 129);
  bench.fill_with_reference();
  EXPECT_EQ(bench.get(0), 7);
  EXPECT_EQ(bench.get(1), 388);
}

TEST(TriadCheck, FindsOneWrongElementWhereverItIs) {
  for (const std::string_view type : {"f64", "f32", "bf16", "f16"}) {
    Workbench bench(fmt::format("triad n=70000 type={}", type));
    bench.fill_with_reference();
    const Check right = bench.check();
    EXPECT_EQ(right.outcome, Outcome::right) << type;
    EXPECT_EQ(right.elements, 70000);
    for (const std::int64_t index : {0, 1023, 1024, 40001, 65535, 65536, 69999}) {
      const double kept = bench.get(index);
      bench.set(index, kept + 0.125);
      const Check check = bench.check();
      EXPECT_EQ(check.outcome, Outcome::wrong) << type << " " << index;
      EXPECT_THAT(check.where, testing::HasSubstr(fmt::format("element {}:", index)));
      EXPECT_THAT(check.where, testing::HasSubstr("1 of 70000"));
      bench.set(index, kept);
    }
  }
}

}  // namespace
}  // namespace assay::kernels
