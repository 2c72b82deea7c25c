#include "results/process/shared_memory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <new>
#include <utility>

#include "kernels/error.h"

// Linux 5.1; older headers lack it.
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace assay::results::process {

SharedMemory::SharedMemory(const char* name, std::size_t bytes)
    : descriptor_(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)), size_(bytes) {
  if (size_ == 0) return;
  if (!descriptor_.open() || ftruncate(descriptor_.get(), static_cast<off_t>(size_)) != 0) {
    if (errno == ENOMEM) throw std::bad_alloc();
    throw Error(fmt::format("sharing {} bytes of memory: {}", size_, strerror(errno)));
  }
  // Another process must not be able to shorten what this one has mapped.
  fcntl(descriptor_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
  map(Access::write);
}

SharedMemory::SharedMemory(Descriptor descriptor, std::size_t bytes, Access access)
    : descriptor_(std::move(descriptor)), size_(bytes) {
  if (size_ == 0) return;
  struct stat found = {};
  if (fstat(descriptor_.get(), &found) != 0 || std::cmp_less(found.st_size, size_)) {
    throw Error(fmt::format("mapping {} bytes of shared memory: it has fewer", size_));
  }
  map(access);
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept {
  *this = std::move(other);
}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
}

void SharedMemory::map(Access access) {
  const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
  void* const mapped = mmap(nullptr, size_, protection, MAP_SHARED, descriptor_.get(), 0);
  if (mapped == MAP_FAILED) {
    if (errno == ENOMEM) throw std::bad_alloc();
    throw Error(fmt::format("mapping {} bytes of shared memory: {}", size_, strerror(errno)));
  }
  data_ = static_cast<std::byte*>(mapped);
  // A forked process would keep the memory after this one has released it.
  madvise(mapped, size_, MADV_DONTFORK);
}

bool SharedMemory::seal_against_writing() {
  return size_ == 0 ||
         fcntl(descriptor_.get(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SEAL) == 0;
}

}  // namespace assay::results::process
