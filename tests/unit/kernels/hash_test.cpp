#include "kernels/hash.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <stdexcept>

namespace assay::kernels {
namespace {

std::vector<std::byte> bytes_of(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 251);
  return bytes;
}

/// The definition of the hash, word by word.
std::uint64_t defined(const std::vector<std::byte>& bytes) {
  const auto add = [](std::uint64_t hash, std::uint64_t word) {
    return (hash ^ word) * 0x100000001b3u;
  };
  std::uint64_t all = 0xcbf29ce484222325u;
  for (std::size_t part = 0; part < bytes.size(); part += 65536) {
    const std::size_t end = std::min(bytes.size(), part + 65536);
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (std::size_t at = part; at < end; at += 8) {
      std::uint64_t word = 0;
      for (std::size_t i = at; i < std::min(end, at + 8); ++i) {
        word |= static_cast<std::uint64_t>(bytes[i]) << 8 * (i - at);
      }
      hash = add(hash, word);
    }
    all = add(all, hash);
  }
  return add(all, bytes.size());
}

TEST(ArrayHash, IsAsDefinedWhateverTheLength) {
  for (const std::size_t count :
       {0u, 1u, 7u, 8u, 9u, 65535u, 65536u, 65537u, 262143u, 262144u, 300001u, 600000u}) {
    EXPECT_EQ(array_hash(bytes_of(count)), defined(bytes_of(count))) << count;
  }
}

TEST(ArrayHash, DoesNotDependOnThreadsOrPieces) {
  const auto bytes = bytes_of(20 * 65536 + 123);
  const std::uint64_t expected = array_hash(bytes);
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  EXPECT_EQ(array_hash(bytes), expected);
  ArrayHasher hasher;
  hasher.add(std::span(bytes).first(3 * 65536));
  hasher.add(std::span(bytes).subspan(3 * 65536));
  EXPECT_EQ(hasher.finish(), expected);
  EXPECT_THROW(hasher.add(bytes), std::logic_error) << "after a part that is not whole";
}

TEST(ArrayHash, TellsOneBitAndTheOrderOfParts) {
  auto bytes = bytes_of(4 * 65536);
  const std::uint64_t before = array_hash(bytes);
  bytes[3 * 65536 + 5] ^= std::byte{4};
  EXPECT_NE(array_hash(bytes), before);
  bytes[3 * 65536 + 5] ^= std::byte{4};
  std::swap_ranges(bytes.begin(), bytes.begin() + 65536, bytes.begin() + 65536);
  EXPECT_NE(array_hash(bytes), before);
  EXPECT_NE(array_hash(std::vector<std::byte>(8)), array_hash(std::vector<std::byte>(16)));
}

}  // namespace
}  // namespace assay::kernels
