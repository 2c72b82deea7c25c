#include "kernels/hash.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace assay::kernels {

namespace {

constexpr std::uint64_t kBasis = 0xcbf29ce484222325u, kPrime = 0x100000001b3u;

std::uint64_t part_hash(std::span<const std::byte> part) {
  std::uint64_t hash = kBasis, word = 0;
  std::size_t at = 0;
  for (; at + sizeof word <= part.size(); at += sizeof word) {
    std::memcpy(&word, part.data() + at, sizeof word);
    hash = (hash ^ word) * kPrime;
  }
  if (at < part.size()) {
    word = 0;
    std::memcpy(&word, part.data() + at, part.size() - at);
    hash = (hash ^ word) * kPrime;
  }
  return hash;
}

/// Each step of a hash waits for the one before: so many parts at a time take little longer than
/// one.
constexpr std::size_t kPartsTogether = 4;

/// The hashes of whole parts, one after the other.
std::array<std::uint64_t, kPartsTogether> hashes_of_whole(const std::byte* parts) {
  std::array<std::uint64_t, kPartsTogether> hashes;
  hashes.fill(kBasis);
  for (std::size_t at = 0; at < ArrayHasher::kPart; at += sizeof(std::uint64_t)) {
    for (std::size_t i = 0; i < kPartsTogether; ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, parts + i * ArrayHasher::kPart + at, sizeof word);
      hashes[i] = (hashes[i] ^ word) * kPrime;
    }
  }
  return hashes;
}

}  // namespace

void ArrayHasher::add(std::span<const std::byte> bytes) {
  if (length_ % kPart != 0) throw std::logic_error("bytes after the last, partial part");
  length_ += bytes.size();
  const std::size_t first = parts_.size();
  parts_.resize(first + (bytes.size() + kPart - 1) / kPart);
  const std::size_t count = parts_.size() - first,
                    groups = (count + kPartsTogether - 1) / kPartsTogether;
  tbb::parallel_for(std::size_t{0}, groups, [&](std::size_t group) {
    const std::size_t begin = group * kPartsTogether, end = std::min(count, begin + kPartsTogether);
    std::uint64_t* const to = parts_.data() + first;
    if (bytes.size() - begin * kPart >= kPartsTogether * kPart) {
      std::ranges::copy(hashes_of_whole(bytes.data() + begin * kPart), to + begin);
      return;
    }
    for (std::size_t part = begin; part < end; ++part) {
      const std::size_t from = part * kPart;
      to[part] = part_hash(bytes.subspan(from, std::min(kPart, bytes.size() - from)));
    }
  });
}

std::uint64_t ArrayHasher::finish() const {
  std::vector<std::uint64_t> all = parts_;
  all.push_back(length_);
  return combined_hash(all);
}

std::uint64_t array_hash(std::span<const std::byte> bytes) {
  ArrayHasher hasher;
  hasher.add(bytes);
  return hasher.finish();
}

std::uint64_t combined_hash(std::span<const std::uint64_t> hashes) {
  std::uint64_t hash = kBasis;
  for (const std::uint64_t one : hashes) hash = (hash ^ one) * kPrime;
  return hash;
}

}  // namespace assay::kernels
