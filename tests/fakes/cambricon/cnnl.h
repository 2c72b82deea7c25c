// What the parts of the fake CNNL share: its objects, and how work comes into a queue.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "kernels/dtype.h"
#include "tests/fakes/cambricon/machine.h"

namespace assay::fakes::cambricon {

using kernels::DataType;

constexpr std::size_t kWorkspace = 1 << 16;

struct Handle {
  Queue* queue = nullptr;
  int device = 0;
};
struct Tensor {
  int type = 0;
  std::vector<std::int64_t> extents;  ///< empty until it is set
};

/// The objects that were made and not destroyed.
std::set<const void*>& live();

template <class Object>
Status create(void** out) {
  if (out == nullptr) return kNnBadParameter;
  auto* const made = new Object;
  live().insert(made);
  *out = made;
  return kOk;
}

template <class Object>
Status destroy(void* object) {
  if (live().erase(object) == 0) return kNnBadParameter;
  delete static_cast<Object*>(object);
  return kOk;
}

template <class Object>
Object* get(void* object) {
  return live().contains(object) ? static_cast<Object*>(object) : nullptr;
}

/// The fault that the test asked for in this call.
Status entered_library(const char* call);

DataType type_of(int type);
std::int64_t count(const Tensor& tensor);
/// Null where no such memory is on the current device.
std::byte* data_of(const Tensor& tensor, const void* address);

/// Work that looks its memory up when its turn comes, spoilt where the test asked for that.
void push(Handle& handle, Fault fault, void* workspace, std::size_t bytes, const Tensor& result,
          void* to, std::function<bool()> compute);

bool is_workspace(void* workspace, std::size_t bytes);

}  // namespace assay::fakes::cambricon

#define FAKE_ENTER_LIBRARY()                   \
  const std::lock_guard lock(machine().mutex); \
  if (const auto refused = entered_library(__func__); refused != kOk) return refused
