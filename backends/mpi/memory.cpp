#include "backends/mpi/memory.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>

#include "backends/sdk/failure.h"

namespace assay::backends::mpi {
namespace {

/// A line of /proc/meminfo, in bytes.
std::uint64_t meminfo(const std::string& key) {
  std::ifstream file("/proc/meminfo");
  std::uint64_t kibibytes = 0;
  for (std::string word; file >> word;) {
    if (word == key + ":" && file >> kibibytes) return kibibytes * 1024;
  }
  return std::numeric_limits<std::uint64_t>::max() / 2;
}

/// A launch of other ranks may come between, so this much more must be there.
std::uint64_t required_available(std::uint64_t bytes) {
  return bytes + std::min<std::uint64_t>(bytes / 16, std::uint64_t{1} << 28);
}

std::uint64_t checked(std::uint64_t bytes) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() / 4;
  const std::uint64_t available = available_bytes();
  if (bytes < most && required_available(bytes) <= available) return bytes;
  throw sdk::Failure(ASSAY_OUT_OF_MEMORY, std::to_string(bytes) + " bytes were asked for, and " +
                                              std::to_string(available) + " are available");
}

std::size_t flush_bytes() {
  const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
  constexpr std::size_t kLeast = std::size_t{32} << 20, kMost = std::size_t{128} << 20;
  return 2 * std::clamp(cache > 0 ? static_cast<std::size_t>(cache) : kLeast, kLeast, kMost);
}

}  // namespace

Memory::Memory(std::uint64_t bytes)
    : bytes_(checked(bytes)),
      data_(static_cast<std::byte*>(
          ::operator new[](std::max<std::uint64_t>(1, bytes), kAlignment))) {
  std::memset(data_.get(), 0, bytes_);
}

void CacheFlush::flush() {
  if (!memory_) memory_.emplace(flush_bytes());
  std::memset(memory_->data(), ++turn_ & 0xff, memory_->bytes());
}

std::uint64_t available_bytes() {
  return meminfo("MemAvailable");
}

std::uint64_t total_bytes() {
  return meminfo("MemTotal");
}

}  // namespace assay::backends::mpi
