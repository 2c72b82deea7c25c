#include "harness/measure/spots.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernels/checking.h"
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

TEST(Stretches, AreNotMovedByWholeRows) {
  const Entropy random = [source = kernels::Draws{3}]() mutable { return source.next(); };
  const auto rows = stretches("matmul m=64 n=64 k=128 a=bf16", 0).at(0);
  EXPECT_EQ(rows.row, 256u);
  const auto narrow = stretches("matmul m=64 n=64 k=48 a=bf16", 0).at(0);
  for (int i = 0; i < 200; ++i) {
    const std::size_t by = shift_of(rows, random), any = shift_of(narrow, random);
    EXPECT_NE(by % 256, 0u);
    EXPECT_EQ(by % 192, 0u);
    EXPECT_TRUE(by > 0 && by < rows.bytes && any > 0 && any < narrow.bytes);
  }
}

TEST(Uploads, HideWorkInWhatTheyTakeBeyondATransfer) {
  const std::vector<OperandPart> small(4, {0, 0, 4032}), large = {{0, 0, 100'000'000}};
  EXPECT_EQ(beyond_transfer(0.3e-3, small), 0);
  EXPECT_NEAR(beyond_transfer(5e-3, small), 4.69e-3, 1e-5);
  EXPECT_EQ(beyond_transfer(100e-3, large), 0) << "1 GB/s";
  EXPECT_NEAR(beyond_transfer(140e-3, large), 39.85e-3, 1e-5);
}

std::vector<std::byte> copy_of(kernels::ConstBytes bytes) {
  return {bytes.begin(), bytes.end()};
}

/// The operand's bytes on the host, with the changes written one after the other.
std::vector<std::byte> changed(HostOperands& operands, const std::vector<Change>& changes,
                               std::uint32_t operand) {
  const std::vector<std::byte> from = copy_of(operands.host(operand));
  std::vector<std::byte> to = from;
  for (const Change& change : changes) {
    if (change.operand != operand) continue;
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(change.from), change.bytes,
                to.begin() + static_cast<std::ptrdiff_t>(change.offset));
  }
  return to;
}

/// Changes of both inputs.
void expect_changed(const char* problem, const std::vector<Change>& changes) {
  HostOperands operands;
  results::record::Phases phases;
  operands.make(kernels::Problem::parse(problem), {}, phases);
  const std::vector<std::byte> before[] = {copy_of(operands.host(0)), copy_of(operands.host(1))};
  const std::vector<std::byte> asked[] = {changed(operands, changes, 0),
                                          changed(operands, changes, 1)};
  EXPECT_TRUE(asked[0] != before[0] && asked[1] != before[1]);
  for (const std::uint32_t operand : {0u, 1u}) {
    std::ranges::fill(operands.room(operand).take(before[operand].size()), std::byte{0xa5});
  }
  for (int round = 0; round < 2; ++round) {
    const ChangedInputs inputs(operands, changes);
    EXPECT_TRUE(copy_of(inputs.bytes(0)) == asked[0]);
    EXPECT_TRUE(copy_of(inputs.bytes(1)) == asked[1]);
  }
  EXPECT_TRUE(copy_of(operands.host(0)) == before[0]);
  EXPECT_TRUE(copy_of(operands.host(1)) == before[1]);
}

TEST(ChangedInputs, HavePartsOfOthersAndLeaveTheHostsAsTheyWere) {
  expect_changed("matmul m=64 n=96 k=1024 a=bf16",
                 {{0, 192, 384, 192}, {1, 576, 192, 4032}, {1, 1152, 0, 4032}});
}

TEST(ChangedInputs, HaveAllElementsMovedAndScalesInParts) {
  // 32 KiB of elements and 2 KiB of scales; of the second 48 KiB and 3 KiB.
  expect_changed(
      "matmul m=64 n=96 k=1024 a=mxfp4",
      {{0, 0, 5760, 27008}, {0, 27008, 0, 5760}, {0, 33152, 32768, 192}, {1, 384, 0, 4032}});
}

TEST(ChangedInputs, HaveEveryByteMoved) {
  expect_changed("matmul m=64 n=96 k=1024 a=bf16",
                 {{1, 0, 192, 196416}, {1, 196416, 0, 192}, {0, 0, 192, 192}});
}

}  // namespace
}  // namespace assay::harness::measure
