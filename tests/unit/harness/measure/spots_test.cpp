#include "harness/measure/spots.h"

#include <gtest/gtest.h>

#include "kernels/operation.h"

namespace assay::harness::measure {
namespace {

std::vector<Stretch> stretches(const char* problem, std::size_t operand) {
  const auto parsed = kernels::Problem::parse(problem);
  return stretches_of(parsed.operation().operands(parsed).at(operand),
                      static_cast<std::uint32_t>(operand));
}

TEST(Stretches, AreAllElementsOfAPlainType) {
  const auto found = stretches("matmul m=10 n=20 k=300 a=bf16", 0);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].offset, 0u);
  EXPECT_EQ(found[0].bytes, 6000u);
  EXPECT_TRUE(found[0].elements);
}

TEST(Stretches, KeepElementsAndScalesApart) {
  const auto found = stretches("matmul m=64 n=20 k=512 a=mxfp4", 0);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].bytes, 64u * 256);
  EXPECT_TRUE(found[0].elements);
  EXPECT_EQ(found[1].offset, 64u * 256);
  EXPECT_EQ(found[1].bytes, 64u * 16);
  EXPECT_FALSE(found[1].elements);
}

TEST(Stretches, LeaveOutWeightsOutputsAndWhatIsTooSmallToMove) {
  const char* const problem = "matmul m=8 n=512 k=512 a=mxfp4";
  EXPECT_EQ(stretches(problem, 0).size(), 1u) << "128 scales are too few";
  EXPECT_TRUE(stretches(problem, 1).empty()) << "weights";
  EXPECT_TRUE(stretches(problem, 2).empty()) << "an output";
}

}  // namespace
}  // namespace assay::harness::measure
