#include "backends/cpu/device.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "backends/cpu/failure.h"
#include "backends/cpu/native/parallel.h"
#include "backends/cpu/topology.h"
#include "kernels/operation.h"

namespace assay::backends::cpu {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds(SteadyClock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

unsigned allowed_threads(unsigned threads) {
  const std::size_t most = topology().processors.size();
  if (threads > most) {
    throw Failure(ASSAY_INVALID,
                  fmt::format("{} threads were asked for, but this process may use {} processors",
                              threads, most));
  }
  return threads;
}

bool serves(const Implementation& implementation, const kernels::Problem& problem) {
  return implementation.operation.empty() || implementation.operation == problem.operation().name;
}

const Implementation& find(const kernels::Problem& problem, std::string_view name) {
  for (const Implementation* one : implementations()) {
    if (one->name == name && serves(*one, problem)) return *one;
  }
  throw Failure(ASSAY_INVALID, fmt::format("there is no implementation {} of {} on the CPU", name,
                                           problem.operation().name));
}

std::vector<std::byte*> checked_buffers(const kernels::Problem& problem,
                                        std::span<Memory* const> buffers) {
  const auto operands = problem.operation().operands(problem);
  if (buffers.size() != operands.size()) {
    throw Failure(ASSAY_INVALID, fmt::format("{} buffers for the {} operands of {}", buffers.size(),
                                             operands.size(), problem.text()));
  }
  std::vector<std::byte*> pointers;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto needed = static_cast<std::size_t>(operands[i].bytes());
    if (buffers[i] == nullptr || buffers[i]->bytes() < needed) {
      throw Failure(
          ASSAY_INVALID,
          fmt::format("operand {} needs a buffer of {} bytes, and got one of {}", operands[i].name,
                      needed, buffers[i] == nullptr ? 0 : buffers[i]->bytes()));
    }
    pointers.push_back(buffers[i]->data());
  }
  return pointers;
}

std::vector<int> processor_numbers(unsigned threads) {
  std::vector<int> numbers;
  for (const Processor& processor : topology().processors) {
    if (numbers.size() < threads) numbers.push_back(processor.os_index);
  }
  return numbers;
}

}  // namespace

Device::Device(unsigned threads) : machine_(allowed_threads(threads)) {}

Memory Device::allocate(std::uint64_t bytes) {
  const std::size_t available = available_bytes();
  if (bytes > available) {
    throw Failure(ASSAY_OUT_OF_MEMORY,
                  fmt::format("{} bytes were asked for, and {} are available", bytes, available));
  }
  Memory memory(bytes);
  // In pieces, by whichever core is free: over several NUMA nodes they come to lie evenly.
  constexpr std::int64_t kPiece = 2 << 20;
  const auto all = static_cast<std::int64_t>(bytes), page = static_cast<std::int64_t>(page_bytes());
  auto* const data = reinterpret_cast<volatile std::byte*>(memory.data());
  native::for_each_piece(machine_, (all + kPiece - 1) / kPiece, [&](std::int64_t piece, int) {
    const std::int64_t end = std::min(all, (piece + 1) * kPiece);
    for (std::int64_t at = piece * kPiece; at < end; at += page) data[at] = std::byte{0};
  });
  return memory;
}

const std::vector<Offer>& Device::offers(std::string_view text) {
  const auto problem = kernels::Problem::parse(text);
  std::vector<Offer> found;
  for (const Implementation* one : implementations()) {
    if (serves(*one, problem)) found.push_back({one, one->why_not(problem, machine_)});
  }
  offers_ = std::move(found);
  return offers_;
}

Readings Device::sensors() {
  if (!sensors_) sensors_.emplace(processor_numbers(machine_.threads()));
  return sensors_->read(seconds(SteadyClock::now().time_since_epoch()));
}

Prepared::Prepared(Device& device, std::string_view text, std::string_view name,
                   std::span<Memory* const> buffers)
    : machine_(device.machine()) {
  const auto problem = kernels::Problem::parse(text);
  const Implementation& implementation = find(problem, name);
  const std::string reason = implementation.why_not(problem, machine_);
  if (!reason.empty()) throw Failure(ASSAY_UNSUPPORTED, fmt::format("{}: {}", name, reason));
  executable_ = implementation.prepare(problem, checked_buffers(problem, buffers), machine_);
  details_ = Properties(executable_->details());
}

void Prepared::run(std::span<assay_launch> launches, assay_mode mode) {
  for (assay_launch& launch : launches) {
    if (mode == ASSAY_COLD) machine_.flush_caches();
    const auto begin = SteadyClock::now();
    executable_->launch();
    launch.host_seconds = seconds(SteadyClock::now() - begin);
    launch.device_seconds = launch.host_seconds;
  }
  executable_->bring_back();
}

void require_within(const Memory& buffer, std::uint64_t offset, std::uint64_t bytes) {
  if (offset > buffer.bytes() || bytes > buffer.bytes() - offset) {
    throw Failure(ASSAY_INVALID, fmt::format("{} bytes from {} on do not lie in a buffer of {}",
                                             bytes, offset, buffer.bytes()));
  }
}

}  // namespace assay::backends::cpu
