#include "backends/mpi/device.h"

#include <fmt/format.h>

#include <cstring>
#include <random>

#include "backends/mpi/implementation.h"
#include "backends/sdk/failure.h"
#include "backends/shared/parsed_problem.h"

namespace assay::backends::mpi {
namespace {

constexpr std::size_t kIdBytes = 16;

const Implementation* find(const kernels::Problem& problem) {
  for (const Implementation* one : mpi::implementations()) {
    if (one->operation == problem.operation().name) return one;
  }
  return nullptr;
}

}  // namespace

Device::~Device() {
  leave();
  finish();
}

std::unique_ptr<Memory> Device::allocate(std::uint64_t bytes) {
  return std::make_unique<Memory>(bytes);
}

void Device::upload(Memory& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  std::memcpy(to.data() + offset, from, bytes);
}

void Device::download(const Memory& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  std::memcpy(to, from.data() + offset, bytes);
}

std::string Device::why_not(const kernels::Problem& problem) const {
  if (group_ == nullptr) return "this rank has joined no others: start assay under mpirun or srun";
  const std::int64_t ranks = problem.operation().collective->ranks(problem);
  if (ranks == group_->ranks()) return {};
  return fmt::format("{} ranks work together, not {}", group_->ranks(), ranks);
}

std::vector<sdk::Offer> Device::implementations(std::string_view text) {
  const kernels::Problem problem = parsed(text);
  const Implementation* const one = find(problem);
  if (one == nullptr) return {};
  std::string reason = why_not(problem);
  if (reason.empty()) reason = one->why_not(problem);
  return {{std::string(kName), "library", std::move(reason)}};
}

std::unique_ptr<Executable> Device::prepare(std::string_view text, std::string_view,
                                            std::span<Memory* const> buffers) {
  const kernels::Problem problem = parsed(text);
  require_buffers(problem, buffers, group_->rank());
  const kernels::Collective& collective = *problem.operation().collective;
  const Exchange exchange{problem, collective.layout(problem), *group_, buffers[0]->data(),
                          buffers[1]->data()};
  return std::make_unique<Executable>(*group_, *clock_, flush_, find(problem)->prepare(exchange));
}

std::vector<std::byte> Device::unique_id() {
  std::random_device random;
  std::vector<std::byte> id(kIdBytes);
  for (std::byte& one : id) one = static_cast<std::byte>(random());
  return id;
}

void Device::join(std::span<const std::byte> id, std::uint32_t ranks, std::uint32_t rank) {
  leave();
  group_ = std::make_unique<Group>(id, static_cast<int>(ranks), static_cast<int>(rank));
  clock_.emplace(*group_);
  clock_->synchronise();
}

void Device::leave() noexcept {
  clock_.reset();
  group_.reset();
}

}  // namespace assay::backends::mpi
