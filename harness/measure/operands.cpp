#include "harness/measure/operands.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/clock.h"
#include "kernels/hash.h"
#include "kernels/input.h"

namespace assay::harness::measure {
namespace {

using kernels::Bytes;
using kernels::ConstBytes;
using kernels::Role;

/// Number of poisoned bytes after each output, which detect a kernel that writes past its end.
constexpr std::size_t kGuardBytes = 256;
constexpr std::byte kGuard{0xff};
/// Bytes of an input that are read back at a time; a multiple of the hash's part size.
constexpr std::size_t kReadBack = 256 * kernels::ArrayHasher::kPart;
/// Bytes of an output that are poisoned at a time: whole elements of every type.
constexpr std::size_t kPoisonPart = std::size_t{3} << 20;

/// The parts of the operands that this device needs: all of them, or those of its rank.
std::vector<kernels::RankOperand> parts_of(const kernels::Problem& problem,
                                           const OpenDevice& device) {
  const kernels::Operation& operation = problem.operation();
  std::vector<kernels::RankOperand> whole;
  if (operation.collective == nullptr) {
    for (kernels::Operand& operand : operation.operands(problem)) whole.push_back({operand, 0});
    return whole;
  }
  if (!device.place() || device.place()->ranks != operation.collective->ranks(problem)) {
    throw Error(
        fmt::format("{} needs {} ranks, but this device works {}", operation.name,
                    operation.collective->ranks(problem),
                    device.place() ? fmt::format("with {}", device.place()->ranks) : "alone"),
        "start assay under mpirun or srun with this number of ranks");
  }
  return operation.collective->operands(problem, device.place()->rank);
}

}  // namespace

Operands::Array Operands::make_array(const kernels::Problem& problem,
                                     const kernels::RankOperand& part) const {
  Array array;
  array.operand = part.operand;
  array.first = part.first;
  array.bytes = static_cast<std::size_t>(part.operand.bytes());
  array.host = std::make_unique_for_overwrite<std::byte[]>(array.bytes);
  const bool output = part.operand.role == Role::output;
  if (!output) {
    const Bytes all(array.host.get(), array.bytes);
    kernels::generate_parallel(problem, static_cast<int>(arrays_.size()), all, array.first);
    array.hash = kernels::array_hash(all);
  }
  const std::size_t room = std::max<std::size_t>(1, array.bytes);
  array.device = std::make_unique<Buffer>(device_, output ? array.bytes + kGuardBytes : room);
  return array;
}

void Operands::make(const kernels::Problem& problem, results::record::Phases& phases) {
  const PhaseTimer timer(phases.generate);
  const auto parts = parts_of(problem, device_);
  if (problem_ == problem && place_ == device_.place()) return;
  forget();
  for (const kernels::RankOperand& part : parts) arrays_.push_back(make_array(problem, part));
  problem_ = problem;
  place_ = device_.place();
}

std::uint64_t Operands::upload(results::record::Phases& phases) {
  const PhaseTimer timer(phases.upload);
  std::vector<std::uint64_t> hashes;
  std::vector<std::byte> part;
  for (Array& array : arrays_) {
    if (array.operand.role != Role::input) continue;
    array.device->upload({array.host.get(), array.bytes});
    kernels::ArrayHasher hasher;
    for (std::size_t at = 0; at < array.bytes; at += kReadBack) {
      part.resize(std::min(kReadBack, array.bytes - at));
      array.device->download(part, at);
      hasher.add(part);
    }
    hashes.push_back(hasher.finish());
    if (hashes.back() != array.hash) {
      throw Error(fmt::format("operand {}: the device returned different bits from those sent",
                              array.operand.name));
    }
  }
  return kernels::combined_hash(hashes);
}

void Operands::poison() {
  const std::vector<std::byte> guard(kGuardBytes, kGuard);
  for (Array& array : arrays_) {
    if (array.operand.role != Role::output) continue;
    std::vector<std::byte> pattern(std::min(kPoisonPart, array.bytes));
    kernels::poison(array.operand.type, pattern);
    for (std::size_t at = 0; at < array.bytes; at += pattern.size()) {
      const std::size_t bytes = std::min(pattern.size(), array.bytes - at);
      array.device->upload(ConstBytes(pattern).first(bytes), at);
    }
    array.device->upload(guard, array.bytes);
  }
}

std::string Operands::download() {
  for (Array& array : arrays_) {
    if (array.operand.role != Role::output) continue;
    array.device->download({array.host.get(), array.bytes});
    std::vector<std::byte> guard(kGuardBytes);
    array.device->download(guard, array.bytes);
    if (std::any_of(guard.begin(), guard.end(), [](std::byte b) { return b != kGuard; })) {
      return fmt::format("written past the end of output {}", array.operand.name);
    }
  }
  return {};
}

std::vector<assay_buffer*> Operands::buffers() const {
  std::vector<assay_buffer*> out;
  for (const Array& array : arrays_) out.push_back(array.device->get());
  return out;
}

std::vector<Operands::Part> Operands::parts() {
  std::vector<Part> out;
  for (Array& array : arrays_) {
    out.push_back({array.operand, Bytes(array.host.get(), array.bytes), *array.device});
  }
  return out;
}

std::vector<ConstBytes> Operands::arrays() const {
  std::vector<ConstBytes> out;
  for (const Array& array : arrays_) out.emplace_back(array.host.get(), array.bytes);
  return out;
}

std::uint64_t Operands::output_hash() const {
  std::vector<std::uint64_t> hashes;
  for (const Array& array : arrays_) {
    if (array.operand.role == Role::output) {
      hashes.push_back(kernels::array_hash({array.host.get(), array.bytes}));
    }
  }
  return kernels::combined_hash(hashes);
}

void Operands::forget() {
  problem_.reset();
  arrays_.clear();
}

}  // namespace assay::harness::measure
