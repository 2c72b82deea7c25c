// A hash that is fast over gigabytes and the same on every machine: for comparing arrays, not
// against attacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::kernels {

/// FNV-1a 64 (offset basis 0xcbf29ce484222325, prime 0x100000001b3) over 64-bit words instead of
/// bytes. The array is cut into parts of 64 KiB; each part's hash is taken over its little-endian
/// words, the last filled up with zeros; the result is the hash over the parts' hashes, in order,
/// and the array's length in bytes.
class ArrayHasher {
 public:
  static constexpr std::size_t kPart = 65536;

  /// The next bytes, on all threads of the current oneTBB arena: a multiple of kPart in every call
  /// except the last.
  void add(std::span<const std::byte> bytes);
  std::uint64_t finish() const;

 private:
  std::vector<std::uint64_t> parts_;
  std::uint64_t length_ = 0;
};

std::uint64_t array_hash(std::span<const std::byte> bytes);

/// The hash over several hashes, in order.
std::uint64_t combined_hash(std::span<const std::uint64_t> hashes);

}  // namespace assay::kernels
