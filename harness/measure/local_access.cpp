#include "harness/measure/local_access.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/reading.h"
#include "kernels/hash.h"

namespace assay::harness::measure {
namespace {

/// Bytes of an input that are read back at a time; a multiple of the hash's part size.
constexpr std::size_t kReadBack = 256 * kernels::ArrayHasher::kPart;

}  // namespace

void LocalAccess::allocate(const HostOperands& operands) {
  if (number_ != 0 && number_ == operands.number()) {
    prepared_.reset();
    return;
  }
  allocate(operands.layout(), operands.inputs().bytes(), operands.outputs().bytes());
  number_ = operands.number();
}

void LocalAccess::allocate(OperandLayout layout, kernels::ConstBytes inputs,
                           kernels::Bytes outputs) {
  release();
  layout_ = std::move(layout);
  inputs_ = inputs;
  outputs_ = outputs;
  for (const PlacedOperand& one : layout_.operands) {
    const std::size_t bytes =
        one.is_output() ? one.bytes + kGuardBytes : std::max<std::size_t>(1, one.bytes);
    buffers_.push_back(std::make_unique<Buffer>(device_, bytes));
  }
}

std::uint64_t LocalAccess::upload_inputs() {
  std::vector<std::uint64_t> hashes;
  std::vector<std::byte> part;
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    const PlacedOperand& one = layout_.operands[i];
    if (one.is_output()) continue;
    buffers_[i]->upload(inputs_.subspan(one.offset, one.bytes));
    kernels::ArrayHasher hasher;
    for (std::size_t at = 0; at < one.bytes; at += kReadBack) {
      part.resize(std::min(kReadBack, one.bytes - at));
      buffers_[i]->download(part, at);
      hasher.add(part);
    }
    hashes.push_back(hasher.finish());
  }
  return kernels::combined_hash(hashes);
}

const PlacedOperand& LocalAccess::operand_of(const OperandPart& part) const {
  if (part.operand >= layout_.operands.size()) throw Error("there is no such operand");
  const PlacedOperand& one = layout_.operands[part.operand];
  const std::size_t bytes = one.bytes + (one.is_output() ? kGuardBytes : 0);
  for (const std::uint64_t begin : {part.offset, part.begin_on_host()}) {
    if (begin > bytes || part.bytes > bytes - begin) {
      throw Error(fmt::format("operand {} has no such part", one.operand.name));
    }
  }
  return one;
}

void LocalAccess::upload(std::span<const OperandPart> parts) {
  for (const OperandPart& part : parts) {
    const PlacedOperand& one = operand_of(part);
    const kernels::ConstBytes memory = one.is_output() ? kernels::ConstBytes(outputs_) : inputs_;
    buffers_[part.operand]->upload(memory.subspan(one.offset + part.begin_on_host(), part.bytes),
                                   part.offset);
  }
}

void LocalAccess::download(std::span<const OperandPart> parts) {
  for (const OperandPart& part : parts) {
    const PlacedOperand& one = operand_of(part);
    if (!one.is_output()) throw Error(fmt::format("{} is no output", one.operand.name));
    buffers_[part.operand]->download(outputs_.subspan(one.offset + part.offset, part.bytes),
                                     part.offset);
  }
}

void LocalAccess::prepare(const Task& task) {
  prepared_.reset();
  std::vector<assay_buffer*> buffers;
  for (const auto& buffer : buffers_) buffers.push_back(buffer->get());
  prepared_ = std::make_unique<Prepared>(device_, task.problem, task.implementation, buffers);
}

const Prepared& LocalAccess::prepared() const {
  if (!prepared_) throw Error("no task is prepared");
  return *prepared_;
}

std::optional<Reading> LocalAccess::read_sensors() {
  assay_sensors told;
  if (!device_.sensors(told)) return std::nullopt;
  return reading_of(told);
}

void LocalAccess::release() {
  // The executable first, since it refers to the buffers.
  prepared_.reset();
  buffers_.clear();
  layout_ = {};
  inputs_ = {};
  outputs_ = {};
  number_ = 0;
}

}  // namespace assay::harness::measure
