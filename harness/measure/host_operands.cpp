#include "harness/measure/host_operands.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/clock.h"
#include "kernels/bulk.h"
#include "kernels/error.h"
#include "kernels/hash.h"
#include "kernels/input.h"

namespace assay::harness::measure {
namespace {

using kernels::Bytes;
using kernels::ConstBytes;

/// Operands begin at pages, as if each had been allocated alone.
constexpr std::size_t kPage = 4096;

/// Memory of more bytes than this is not kept for the next problem.
constexpr std::size_t kMostKept = std::size_t{384} << 20;

/// The parts of the operands that a device needs: all of them, or those of its rank.
std::vector<kernels::RankOperand> parts_of(const kernels::Problem& problem,
                                           const std::optional<Place>& place) {
  const kernels::Operation& operation = problem.operation();
  std::vector<kernels::RankOperand> whole;
  if (operation.collective == nullptr) {
    for (kernels::Operand& operand : operation.operands(problem)) {
      whole.push_back({std::move(operand), 0});
    }
    return whole;
  }
  if (!place || place->ranks != operation.collective->ranks(problem)) {
    throw Error(fmt::format("{} needs {} ranks, but this device works {}", operation.name,
                            operation.collective->ranks(problem),
                            place ? fmt::format("with {}", place->ranks) : "alone"),
                "start assay under mpirun or srun with this number of ranks");
  }
  return operation.collective->operands(problem, place->rank);
}

/// Gives it at least so many bytes. Pages that are there already need not come from the kernel
/// again; where they are too few or too many, they go first. Returns whether the memory is new.
bool give_room(results::process::SharedMemory& memory, const char* name, std::size_t bytes) {
  const std::size_t there = memory.bytes().size();
  if (memory.descriptor() >= 0 && there >= bytes && there <= kMostKept) return false;
  memory = {};
  memory = results::process::SharedMemory(name, bytes);
  return true;
}

std::size_t up_to_page(std::size_t bytes) {
  return (bytes + kPage - 1) / kPage * kPage;
}

}  // namespace

OperandLayout layout_of(const kernels::Problem& problem, const std::optional<Place>& place) {
  OperandLayout out;
  for (kernels::RankOperand& part : parts_of(problem, place)) {
    PlacedOperand one;
    one.first = part.first;
    one.bytes = static_cast<std::size_t>(part.operand.bytes());
    one.operand = std::move(part.operand);
    std::size_t& used = one.is_output() ? out.output_bytes : out.input_bytes;
    one.offset = used;
    used = up_to_page(used + one.bytes + (one.is_output() ? kGuardBytes : 0));
    out.operands.push_back(std::move(one));
  }
  return out;
}

void HostOperands::make(const kernels::Problem& problem, const std::optional<Place>& place,
                        results::record::Phases& phases) {
  const PhaseTimer timer(phases.generate);
  if (problem_ == problem && place_ == place) return;
  problem_.reset();
  number_ = 0;
  std::erase_if(rooms_, [](const auto& room) { return room.second.capacity() > kMostKept; });
  layout_ = layout_of(problem, place);
  const bool inputs_are_new = give_room(inputs_, "assay-inputs", layout_.input_bytes);
  give_room(outputs_, "assay-outputs", layout_.output_bytes);
  std::size_t taken = 0;
  for (std::size_t i = 0; i < layout_.operands.size(); ++i) {
    const PlacedOperand& one = layout_.operands[i];
    if (one.is_output()) {
      taken += one.bytes;
    } else {
      kernels::generate_parallel(problem, static_cast<int>(i),
                                 inputs_.bytes().subspan(one.offset, one.bytes), one.first);
    }
  }
  give_room(taken_, "assay-taken", taken);
  if (inputs_are_new) sealed_ = inputs_.seal_against_writing();
  input_hash_ = hash_of_inputs();
  static std::uint64_t made = 0;
  number_ = ++made;
  problem_ = problem;
  place_ = place;
}

void HostOperands::forget() {
  problem_.reset();
  layout_ = {};
  inputs_ = {};
  outputs_ = {};
  taken_ = {};
  rooms_.clear();
  number_ = 0;
}

std::uint64_t HostOperands::hash_of_inputs() const {
  std::vector<std::uint64_t> hashes;
  for (const PlacedOperand& one : layout_.operands) {
    if (one.is_output()) continue;
    hashes.push_back(kernels::array_hash(inputs_.bytes().subspan(one.offset, one.bytes)));
  }
  return kernels::combined_hash(hashes);
}

Bytes HostOperands::host(std::uint32_t operand) {
  const PlacedOperand& asked = layout_.operands.at(operand);
  if (!asked.is_output()) return inputs_.bytes().subspan(asked.offset, asked.bytes);
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < operand; ++i) {
    if (layout_.operands[i].is_output()) at += layout_.operands[i].bytes;
  }
  return taken_.bytes().subspan(at, asked.bytes);
}

Bytes HostOperands::shared(const OperandPart& part) const {
  const PlacedOperand& one = layout_.operands.at(part.operand);
  const results::process::SharedMemory& memory = one.is_output() ? outputs_ : inputs_;
  return memory.bytes().subspan(one.offset + part.offset, part.bytes);
}

std::vector<OperandPart> HostOperands::whole_outputs() const {
  std::vector<OperandPart> out;
  for (std::uint32_t i = 0; i < layout_.operands.size(); ++i) {
    const PlacedOperand& one = layout_.operands[i];
    if (one.is_output()) out.push_back({i, 0, one.bytes + kGuardBytes});
  }
  return out;
}

void HostOperands::poison() {
  for (const PlacedOperand& one : layout_.operands) {
    if (!one.is_output()) continue;
    kernels::poison(one.operand.type, outputs_.bytes().subspan(one.offset, one.bytes));
    std::ranges::fill(outputs_.bytes().subspan(one.offset + one.bytes, kGuardBytes), kGuard);
  }
}

std::string HostOperands::overrun() const {
  for (const PlacedOperand& one : layout_.operands) {
    if (!one.is_output()) continue;
    const auto guard = outputs_.bytes().subspan(one.offset + one.bytes, kGuardBytes);
    if (std::ranges::any_of(guard, [](std::byte b) { return b != kGuard; })) {
      return fmt::format("written past the end of output {}", one.operand.name);
    }
  }
  return "";
}

bool HostOperands::outputs_are_as_taken() const {
  std::size_t at = 0;
  for (const PlacedOperand& one : layout_.operands) {
    if (!one.is_output()) continue;
    if (!kernels::same_bytes(outputs_.bytes().subspan(one.offset, one.bytes),
                             taken_.bytes().subspan(at, one.bytes))) {
      return false;
    }
    at += one.bytes;
  }
  return true;
}

void HostOperands::take_outputs() {
  std::size_t at = 0;
  for (const PlacedOperand& one : layout_.operands) {
    if (!one.is_output()) continue;
    kernels::copy_bytes(outputs_.bytes().subspan(one.offset, one.bytes),
                        taken_.bytes().subspan(at, one.bytes));
    at += one.bytes;
  }
}

std::vector<ConstBytes> HostOperands::arrays() const {
  if (!sealed_ && hash_of_inputs() != input_hash_) {
    throw Error("the module has changed the inputs in the host's memory");
  }
  std::vector<ConstBytes> out;
  std::size_t at = 0;
  for (const PlacedOperand& one : layout_.operands) {
    if (one.is_output()) {
      out.push_back(ConstBytes(taken_.bytes()).subspan(at, one.bytes));
      at += one.bytes;
    } else {
      out.emplace_back(inputs_.bytes().subspan(one.offset, one.bytes));
    }
  }
  return out;
}

std::uint64_t HostOperands::output_hash() const {
  std::vector<std::uint64_t> hashes;
  std::size_t at = 0;
  for (const PlacedOperand& one : layout_.operands) {
    if (!one.is_output()) continue;
    hashes.push_back(kernels::array_hash(ConstBytes(taken_.bytes()).subspan(at, one.bytes)));
    at += one.bytes;
  }
  return kernels::combined_hash(hashes);
}

}  // namespace assay::harness::measure
