// This process as a rank: its memory, and MPI's routines once it has joined the others.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/mpi/clock.h"
#include "backends/mpi/executable.h"
#include "backends/mpi/group.h"
#include "backends/mpi/memory.h"
#include "backends/sdk/description.h"

namespace assay::backends::mpi {

class Device {
 public:
  Device() = default;
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  std::unique_ptr<Memory> allocate(std::uint64_t bytes);
  void upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes);
  void download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes);
  std::vector<sdk::Offer> implementations(std::string_view problem);
  std::unique_ptr<Executable> prepare(std::string_view problem, std::string_view name,
                                      std::span<Memory* const> buffers);
  sdk::Readings sensors() { return {}; }
  std::uint64_t memory_available() { return available_bytes(); }

  std::vector<std::byte> unique_id();
  void join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank);
  void leave() noexcept;

 private:
  std::string why_not(const kernels::Problem& problem) const;

  std::unique_ptr<Group> group_;
  std::optional<SharedClock> clock_;
  CacheFlush flush_;
};

}  // namespace assay::backends::mpi
