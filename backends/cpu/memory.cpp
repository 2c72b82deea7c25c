#include "backends/cpu/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>

#include "backends/cpu/control_group.h"
#include "backends/cpu/text_files.h"

namespace assay::backends::cpu {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// A line of /proc/meminfo, in bytes; the largest size_t where it is absent.
std::size_t meminfo(const std::string& key) {
  const std::string text = whole_text("/proc/meminfo");
  const std::size_t at = text.find(key + ":");
  if (at == std::string::npos) return std::numeric_limits<std::size_t>::max();
  return std::stoull(text.substr(at + key.size() + 1)) * 1024;
}

}  // namespace

Memory::Memory(std::size_t bytes) : bytes_(bytes) {
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : page_bytes();
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  const std::size_t whole = std::max<std::size_t>(1, (bytes + alignment - 1) / alignment);
  mapped_bytes_ = (whole + 1) * alignment;
  void* const mapping =
      mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  mapping_ = mapping;
  const auto address = reinterpret_cast<std::uintptr_t>(mapping);
  const std::size_t skipped = (alignment - address % alignment) % alignment;
  data_ = static_cast<std::byte*>(mapping) + skipped;
  // Advice only: a kernel without huge pages refuses it, and ordinary ones serve.
  if (bytes >= kHugePage) madvise(data_, whole * alignment, MADV_HUGEPAGE);
}

Memory::~Memory() {
  if (mapping_ != nullptr) munmap(mapping_, mapped_bytes_);
}

std::size_t page_bytes() {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::size_t available_bytes() {
  return std::min(meminfo("MemAvailable"), memory_left_in_control_group());
}

std::size_t total_bytes() {
  return std::min(meminfo("MemTotal"), memory_limit_of_control_group());
}

}  // namespace assay::backends::cpu
