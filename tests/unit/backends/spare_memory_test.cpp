#include "backends/cpu/spare_memory.h"

#include <gtest/gtest.h>

#include <utility>

namespace assay::backends::cpu {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20;

TEST(SpareMemory, GivesTheSmallestThatHasRoomOnce) {
  SpareMemory spare;
  Memory large(40 * kMega), fit(36 * kMega);
  const std::byte* const at = fit.data();
  spare.keep(std::move(large));
  spare.keep(std::move(fit));
  EXPECT_FALSE(spare.take(41 * kMega)) << "too much";
  EXPECT_FALSE(spare.take(20 * kMega)) << "most of it would lie idle";
  const auto found = spare.take(35 * kMega);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->data(), at);
  EXPECT_EQ(found->bytes(), 36 * kMega);
  EXPECT_TRUE(spare.take(35 * kMega)) << "the larger one is left";
  EXPECT_FALSE(spare.take(35 * kMega)) << "none is left";
}

TEST(SpareMemory, KeepsNoneWithoutHugePages) {
  SpareMemory spare;
  spare.keep(Memory(2 * kMega - 1));
  EXPECT_FALSE(spare.take(2 * kMega - 1));
  spare.keep(Memory(2 * kMega));
  EXPECT_TRUE(spare.take(2 * kMega - 1));
}

TEST(SpareMemory, LetsTheOldestGoWhereItIsTooMuch) {
  SpareMemory spare;
  // Address space only: no page of it is written.
  spare.keep(Memory(100 * kMega));
  spare.keep(Memory(200 * kMega));
  spare.keep(Memory(300 * kMega));
  EXPECT_FALSE(spare.take(100 * kMega));
  EXPECT_TRUE(spare.take(200 * kMega));
  EXPECT_TRUE(spare.take(300 * kMega));
  spare.keep(Memory(513 * kMega));
  EXPECT_FALSE(spare.take(513 * kMega));
  spare.keep(Memory(50 * kMega));
  spare.release();
  EXPECT_FALSE(spare.take(50 * kMega));
}

}  // namespace
}  // namespace assay::backends::cpu
