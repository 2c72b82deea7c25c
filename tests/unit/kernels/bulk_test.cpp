#include "kernels/bulk.h"

#include <gtest/gtest.h>

#include <vector>

namespace assay::kernels {
namespace {

std::vector<std::byte> numbered(std::size_t size) {
  std::vector<std::byte> out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::byte>(i * 31 >> 3);
  return out;
}

TEST(Bulk, CopiesFillsAndComparesEveryByte) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1} << 20, (std::size_t{3} << 20) + 5}) {
    const std::vector<std::byte> from = numbered(size);
    std::vector<std::byte> to(size);
    copy_bytes(from, to);
    EXPECT_EQ(to, from);
    EXPECT_TRUE(same_bytes(to, from));
    std::vector<std::byte> swapped(size);
    swap_bytes(to, swapped);
    EXPECT_EQ(swapped, from);
    swap_bytes(to, swapped);
    fill_bytes(to, std::byte{0x80});
    EXPECT_EQ(to, std::vector<std::byte>(size, std::byte{0x80}));
  }
}

TEST(Bulk, FindsOneByteThatDiffersInAnyPiece) {
  const std::vector<std::byte> one = numbered((std::size_t{3} << 20) + 5);
  for (const std::size_t at : {std::size_t{0}, std::size_t{1} << 20, one.size() - 1}) {
    std::vector<std::byte> other = one;
    other[at] ^= std::byte{1};
    EXPECT_FALSE(same_bytes(one, other)) << at;
  }
  EXPECT_FALSE(same_bytes(one, std::span(one).first(one.size() - 1)));
}

}  // namespace
}  // namespace assay::kernels
