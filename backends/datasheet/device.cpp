#include "backends/datasheet/device.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "backends/sdk/failure.h"
#include "backends/shared/parsed_problem.h"

namespace assay::backends::datasheet {
namespace {

std::uint64_t capacity(const sdk::Published& system) {
  return static_cast<std::uint64_t>(system.figures.at("memory.capacity"));
}

}  // namespace

Memory::Memory(std::uint64_t bytes, std::shared_ptr<std::uint64_t> used)
    : bytes_(bytes), used_(std::move(used)) {
  void* const mapping = mmap(nullptr, std::max<std::uint64_t>(1, bytes), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::byte*>(mapping);
  *used_ += bytes_;
}

Memory::~Memory() {
  munmap(data_, std::max<std::uint64_t>(1, bytes_));
  *used_ -= bytes_;
}

void Executable::run(std::span<assay_launch> launches, assay_mode) const {
  std::fill(launches.begin(), launches.end(), assay_launch{seconds_, seconds_});
}

std::unique_ptr<Memory> Device::allocate(std::uint64_t bytes) {
  const std::uint64_t all = capacity(system_);
  if (bytes > all || *used_ > all - bytes) {
    throw sdk::Failure(ASSAY_OUT_OF_MEMORY,
                       fmt::format("{} bytes requested from {}, which has {}, {} of them in use",
                                   bytes, system_.id, all, *used_));
  }
  return std::make_unique<Memory>(bytes, used_);
}

void Device::upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  std::memcpy(to.data() + offset, from, bytes);
}

void Device::download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  std::memcpy(to, from.data() + offset, bytes);
}

std::vector<sdk::Offer> Device::implementations(std::string_view problem) {
  return {{"modelled/roofline", "modelled", why_not(system_, parsed(problem))}};
}

std::unique_ptr<Executable> Device::prepare(std::string_view problem, std::string_view,
                                            std::span<Memory* const> buffers) {
  const kernels::Problem whole = parsed(problem);
  if (!buffers.empty()) require_buffers(whole, buffers);
  return std::make_unique<Executable>(model(system_, whole));
}

sdk::DeviceDescription description(const sdk::Published& system) {
  sdk::DeviceDescription out;
  out.name = system.name;
  out.vendor = system.vendor;
  out.kind = system.kind;
  out.unique_id = system.id;
  out.driver = "none: pretended, from published figures";
  out.types = types_of(system);
  out.memory_bytes = capacity(system);
  out.modelled = true;
  for (const auto& [quantity, value] : system.figures) {
    out.properties.emplace_back("published." + quantity, fmt::format("{:.6g}", value));
  }
  return out;
}

}  // namespace assay::backends::datasheet
