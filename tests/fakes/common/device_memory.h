// Memory of fake devices, separate from the host's: if the host accesses one of its addresses, it
// faults like with a real device, which reveals missing copies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>

namespace assay::fakes {

class DeviceMemory {
 public:
  /// `capacity` bytes on each device.
  explicit DeviceMemory(std::uint64_t capacity);
  ~DeviceMemory();
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  /// An address that nobody was given before, 512-byte aligned, holding junk; null where the device
  /// has no room. Addresses are not used twice, so that one that was freed stays wrong for good.
  void* allocate(int device, std::uint64_t bytes);
  /// "" or why not: never handed out, freed before, not the start of an allocation.
  std::string free(void* address);

  /// What lies behind [address, address + bytes).
  struct Place {
    std::byte* data = nullptr;  ///< where the host may compute with it; null where it may not
    int device = -1;
    std::string why_not;  ///< "" or: no device address, freed, beyond its end
  };
  Place find(const void* address, std::uint64_t bytes) const;
  /// Whether it is an address of any device, freed or not.
  bool is_device_address(const void* address) const;

  std::uint64_t capacity() const { return capacity_; }
  std::uint64_t used(int device) const;
  /// Allocations not yet freed on a device.
  std::size_t live(int device) const;

 private:
  struct Block {
    std::uint64_t bytes = 0;
    int device = -1;
    std::unique_ptr<std::byte[]> data;  ///< null once freed
  };
  using Blocks = std::map<std::uintptr_t, Block>;
  Blocks::const_iterator holding(const void* address) const;

  std::uint64_t capacity_;
  std::uintptr_t begin_ = 0, next_ = 0, end_ = 0;  ///< reserved addresses, inaccessible
  Blocks blocks_;
  std::deque<std::uintptr_t> freed_;  ///< the latest, of which is known that they were handed out
};

}  // namespace assay::fakes
