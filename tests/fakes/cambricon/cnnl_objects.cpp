#include <cstring>

#include "tests/fakes/cambricon/cnnl.h"

namespace assay::fakes::cambricon {

std::set<const void*>& live() {
  static auto* const all = new std::set<const void*>;
  return *all;
}

Status entered_library(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return kNnExecution;
    case Fault::out_of_memory:
      return kNnNoMemory;
    default:
      return kOk;
  }
}

DataType type_of(int type) {
  return type == 1 ? DataType::f16 : type == 17 ? DataType::bf16 : DataType::f32;
}

std::int64_t count(const Tensor& tensor) {
  std::int64_t all = 1;
  for (const std::int64_t extent : tensor.extents) all *= extent;
  return all;
}

std::byte* data_of(const Tensor& tensor, const void* address) {
  const auto bytes =
      static_cast<std::uint64_t>(kernels::bytes_of(type_of(tensor.type), count(tensor)));
  const auto place = machine().memory.find(address, bytes);
  return place.device == current_device() ? place.data : nullptr;
}

void push(Handle& handle, Fault fault, void* workspace, std::size_t bytes, const Tensor& result,
          void* to, std::function<bool()> compute) {
  handle.queue->work.push([=, compute = std::move(compute)] {
    const auto scratch = machine().memory.find(workspace, bytes);
    if (bytes > 0 && scratch.data != nullptr) std::memset(scratch.data, 0x5a, bytes);
    if (fault == Fault::fail) return std::string("the device failed, as the test asked");
    if (!compute()) return std::string("memory of an operand is gone");
    std::byte* const out = data_of(result, to);
    if (fault == Fault::wrong)
      out[kernels::bytes_of(type_of(result.type), 1) - 1] ^= std::byte{0x40};
    return std::string();
  });
}

bool is_workspace(void* workspace, std::size_t bytes) {
  return bytes >= kWorkspace && machine().memory.find(workspace, bytes).data != nullptr;
}

}  // namespace assay::fakes::cambricon

using namespace assay::fakes::cambricon;

FAKE_EXPORT std::size_t assay_fake_cambricon_objects() {
  return live().size() + machine().queues.size() + machine().notifiers.size() +
         machine().pinned.size();
}
