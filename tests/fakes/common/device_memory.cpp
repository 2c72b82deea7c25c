#include "tests/fakes/common/device_memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstring>
#include <new>
#include <stdexcept>

namespace assay::fakes {
namespace {

constexpr std::uint64_t kReserved = std::uint64_t{1} << 40;
constexpr std::uint64_t kAlignment = 512;
/// Between two allocations, so that one's end is never another's beginning.
constexpr std::uint64_t kGap = 4096;
constexpr int kJunk = 0xa5;
/// Freed blocks that are remembered as such; of older ones it is said that they never were. More
/// than a quarter of the repetitions of a quick conformance test (1000) would look like a leak.
constexpr std::size_t kRemembered = 200;

}  // namespace

DeviceMemory::DeviceMemory(std::uint64_t capacity) : capacity_(capacity) {
  void* const reserved =
      mmap(nullptr, kReserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) throw std::runtime_error("no room for pretended device addresses");
  begin_ = next_ = reinterpret_cast<std::uintptr_t>(reserved);
  end_ = begin_ + kReserved;
}

DeviceMemory::~DeviceMemory() {
  munmap(reinterpret_cast<void*>(begin_), kReserved);
}

void* DeviceMemory::allocate(int device, std::uint64_t bytes) {
  if (bytes == 0 || bytes > capacity_ - used(device) || bytes + kGap > end_ - next_) return nullptr;
  Block block{bytes, device, std::unique_ptr<std::byte[]>(new (std::nothrow) std::byte[bytes])};
  if (block.data == nullptr) return nullptr;
  std::memset(block.data.get(), kJunk, bytes);
  const std::uintptr_t address = next_;
  next_ += (bytes + kGap + kAlignment - 1) / kAlignment * kAlignment;
  blocks_.emplace(address, std::move(block));
  return reinterpret_cast<void*>(address);
}

bool DeviceMemory::is_device_address(const void* address) const {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return at >= begin_ && at < end_;
}

DeviceMemory::Blocks::const_iterator DeviceMemory::holding(const void* address) const {
  auto after = blocks_.upper_bound(reinterpret_cast<std::uintptr_t>(address));
  return after == blocks_.begin() ? blocks_.end() : std::prev(after);
}

std::string DeviceMemory::free(void* address) {
  const auto found = blocks_.find(reinterpret_cast<std::uintptr_t>(address));
  if (found == blocks_.end()) {
    return fmt::format("{} is not the start of an allocation on a device", address);
  }
  if (found->second.data == nullptr) return fmt::format("{} was freed before", address);
  found->second.data.reset();
  freed_.push_back(found->first);
  if (freed_.size() > kRemembered) {
    blocks_.erase(freed_.front());
    freed_.pop_front();
  }
  return "";
}

DeviceMemory::Place DeviceMemory::find(const void* address, std::uint64_t bytes) const {
  if (!is_device_address(address)) {
    return {nullptr, -1, fmt::format("{} is no address of a device", address)};
  }
  const auto found = holding(address);
  const auto offset =
      found == blocks_.end() ? 0 : reinterpret_cast<std::uintptr_t>(address) - found->first;
  if (found == blocks_.end() || offset >= found->second.bytes + kGap) {
    return {nullptr, -1, fmt::format("{} was never handed out", address)};
  }
  const Block& block = found->second;
  if (block.data == nullptr) return {nullptr, block.device, fmt::format("{} was freed", address)};
  if (offset > block.bytes || bytes > block.bytes - offset) {
    return {nullptr, block.device,
            fmt::format("{} bytes at {} reach beyond the end of an allocation of {}", bytes,
                        address, block.bytes)};
  }
  return {block.data.get() + offset, block.device, ""};
}

std::uint64_t DeviceMemory::used(int device) const {
  std::uint64_t sum = 0;
  for (const auto& [address, block] : blocks_) {
    if (block.device == device && block.data != nullptr) sum += block.bytes;
  }
  return sum;
}

std::size_t DeviceMemory::live(int device) const {
  std::size_t count = 0;
  for (const auto& [address, block] : blocks_) {
    count += block.device == device && block.data != nullptr ? 1 : 0;
  }
  return count;
}

}  // namespace assay::fakes
