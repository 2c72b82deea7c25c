#include "backends/cpu/spare_memory.h"

#include <utility>

namespace assay::backends::cpu {
namespace {

/// Less comes fast enough, and may not be aligned to huge pages.
constexpr std::size_t kLeast = std::size_t{2} << 20;
constexpr std::size_t kMost = std::size_t{512} << 20;

}  // namespace

std::optional<Memory> SpareMemory::take(std::size_t bytes) {
  auto best = kept_.end();
  for (auto one = kept_.begin(); one != kept_.end(); ++one) {
    const bool has_room = one->bytes() >= bytes && one->bytes() <= bytes + bytes / 4;
    if (has_room && (best == kept_.end() || one->bytes() < best->bytes())) best = one;
  }
  if (best == kept_.end()) return std::nullopt;
  Memory found = std::move(*best);
  kept_.erase(best);
  return found;
}

void SpareMemory::keep(Memory memory) {
  if (memory.bytes() < kLeast || memory.bytes() > kMost) return;
  std::size_t together = memory.bytes();
  for (const Memory& one : kept_) together += one.bytes();
  while (together > kMost) {
    together -= kept_.front().bytes();
    kept_.erase(kept_.begin());
  }
  kept_.push_back(std::move(memory));
}

}  // namespace assay::backends::cpu
