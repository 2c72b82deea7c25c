#include "kernels/bulk.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cstring>

namespace assay::kernels {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

/// Calls `visit(first, count)` for all pieces of `bytes` bytes; by this thread where it is one.
template <typename Visit>
void for_each_piece(std::size_t bytes, Visit visit) {
  if (bytes == 0) return;
  if (bytes <= kPiece) return visit(std::size_t{0}, bytes);
  tbb::parallel_for(std::size_t{0}, (bytes + kPiece - 1) / kPiece, [&](std::size_t piece) {
    const std::size_t first = piece * kPiece;
    visit(first, std::min(kPiece, bytes - first));
  });
}

}  // namespace

void fill_bytes(std::span<std::byte> to, std::byte value) {
  for_each_piece(to.size(), [&](std::size_t first, std::size_t count) {
    std::memset(to.data() + first, std::to_integer<int>(value), count);
  });
}

void copy_bytes(std::span<const std::byte> from, std::span<std::byte> to) {
  for_each_piece(from.size(), [&](std::size_t first, std::size_t count) {
    std::memcpy(to.data() + first, from.data() + first, count);
  });
}

void swap_bytes(std::span<std::byte> a, std::span<std::byte> b) {
  for_each_piece(a.size(), [&](std::size_t first, std::size_t count) {
    std::swap_ranges(a.data() + first, a.data() + first + count, b.data() + first);
  });
}

bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  if (a.size() != b.size()) return false;
  std::atomic<bool> same = true;
  for_each_piece(a.size(), [&](std::size_t first, std::size_t count) {
    if (!same.load(std::memory_order_relaxed)) return;
    if (std::memcmp(a.data() + first, b.data() + first, count) != 0) same = false;
  });
  return same;
}

}  // namespace assay::kernels
