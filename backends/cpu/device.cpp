#include "backends/cpu/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "backends/cpu/binding.h"
#include "backends/cpu/parallel.h"
#include "backends/cpu/topology.h"
#include "backends/sdk/failure.h"
#include "backends/sdk/host_time.h"
#include "backends/shared/parsed_problem.h"
#include "kernels/operation.h"

namespace assay::backends::cpu {
namespace {

unsigned allowed_threads(unsigned threads) {
  const std::size_t most = topology().processors.size();
  if (threads > most) {
    throw sdk::Failure(
        ASSAY_INVALID,
        fmt::format("{} threads were asked for, but this process may use {} processors", threads,
                    most));
  }
  return threads;
}

bool serves(const Implementation& implementation, const kernels::Problem& problem) {
  return implementation.operation.empty() || implementation.operation == problem.operation().name;
}

const Implementation& find(const kernels::Problem& problem, std::string_view name) {
  for (const Implementation* one : cpu::implementations()) {
    if (one->name == name && serves(*one, problem)) return *one;
  }
  throw sdk::Failure(ASSAY_INVALID, fmt::format("there is no implementation {} of {} on the CPU",
                                                name, problem.operation().name));
}

std::vector<int> processor_numbers(unsigned threads) {
  std::vector<int> numbers;
  for (const Processor& processor : topology().processors) {
    if (numbers.size() < threads) numbers.push_back(processor.os_index);
  }
  return numbers;
}

/// In pieces, each by any free core: `visit(first, bytes)`.
template <typename Visit>
void for_all_bytes(Machine& machine, std::uint64_t bytes, Visit visit) {
  constexpr std::int64_t kPiece = 2 << 20;
  const auto all = static_cast<std::int64_t>(bytes);
  if (all <= kPiece) return visit(std::int64_t{0}, all);
  for_each_piece(machine, (all + kPiece - 1) / kPiece, [&](std::int64_t piece, int) {
    visit(piece * kPiece, std::min(kPiece, all - piece * kPiece));
  });
}

void copy_bytes(Machine& machine, std::byte* to, const std::byte* from, std::uint64_t bytes) {
  for_all_bytes(machine, bytes, [&](std::int64_t first, std::int64_t count) {
    std::memcpy(to + first, from + first, static_cast<std::size_t>(count));
  });
}

std::map<std::string, std::string> details_of(const Executable& executable) {
  std::map<std::string, std::string> details = executable.details();
  if (const std::string refusal = binding_refusal(); !refusal.empty()) {
    details["binding"] = "none: the system refuses it (" + refusal + ")";
  }
  return details;
}

}  // namespace

Device::Device(unsigned threads) : machine_(allowed_threads(threads)) {}

std::unique_ptr<Buffer> Device::allocate(std::uint64_t bytes) {
  if (std::optional<Memory> spare = spare_->take(bytes)) {
    return std::make_unique<Buffer>(spare_, *std::move(spare), bytes);
  }
  if (bytes > available_bytes()) spare_->release();
  const std::size_t available = available_bytes();
  if (bytes > available) {
    throw sdk::Failure(
        ASSAY_OUT_OF_MEMORY,
        fmt::format("{} bytes were asked for, and {} are available", bytes, available));
  }
  Memory memory(bytes);
  const auto page = static_cast<std::int64_t>(page_bytes());
  auto* const data = reinterpret_cast<volatile std::byte*>(memory.data());
  // By all cores: over several NUMA nodes the pages are then spread evenly.
  for_all_bytes(machine_, bytes, [&](std::int64_t first, std::int64_t count) {
    for (std::int64_t at = first; at < first + count; at += page) data[at] = std::byte{0};
  });
  return std::make_unique<Buffer>(spare_, std::move(memory), bytes);
}

void Device::upload(Buffer& to, std::uint64_t offset, const void* from, std::uint64_t bytes) {
  copy_bytes(machine_, to.data() + offset, static_cast<const std::byte*>(from), bytes);
}

void Device::download(const Buffer& from, std::uint64_t offset, void* to, std::uint64_t bytes) {
  copy_bytes(machine_, static_cast<std::byte*>(to), from.data() + offset, bytes);
}

std::vector<sdk::Offer> Device::implementations(std::string_view text) {
  const kernels::Problem problem = parsed(text);
  std::vector<sdk::Offer> offers;
  for (const Implementation* one : cpu::implementations()) {
    if (!serves(*one, problem)) continue;
    offers.push_back(
        {std::string(one->name), std::string(one->division), one->why_not(problem, machine_)});
  }
  return offers;
}

std::unique_ptr<Prepared> Device::prepare(std::string_view text, std::string_view name,
                                          std::span<Buffer* const> buffers) {
  const kernels::Problem problem = parsed(text);
  require_buffers(problem, buffers);
  std::vector<std::byte*> pointers;
  for (Buffer* const buffer : buffers) pointers.push_back(buffer->data());
  return std::make_unique<Prepared>(machine_,
                                    find(problem, name).prepare(problem, pointers, machine_));
}

Readings Device::sensors() {
  if (!sensors_) sensors_.emplace(processor_numbers(machine_.threads()));
  return sensors_->read(sdk::steady_seconds());
}

Prepared::Prepared(Machine& machine, std::unique_ptr<Executable> executable)
    : machine_(machine),
      executable_(std::move(executable)),
      details_(sdk::Properties(details_of(*executable_))) {}

void Prepared::run(std::span<assay_launch> launches, assay_mode mode) {
  for (assay_launch& launch : launches) {
    if (mode == ASSAY_COLD) machine_.flush_caches();
    const auto begin = sdk::SteadyClock::now();
    executable_->launch();
    launch.host_seconds = sdk::seconds_since(begin);
    launch.device_seconds = launch.host_seconds;
  }
  executable_->bring_back();
}

}  // namespace assay::backends::cpu
