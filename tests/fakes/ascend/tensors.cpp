#include "tests/fakes/ascend/tensors.h"

#include <fmt/format.h>

#include <cstring>
#include <map>
#include <memory>
#include <set>

namespace assay::fakes::ascend {
namespace {

std::set<const void*>& live() {
  static auto* const all = new std::set<const void*>;
  return *all;
}

template <class Object>
Object* kept(Object object) {
  auto* const made = new Object(std::move(object));
  live().insert(made);
  return made;
}

template <class Object>
Status destroy(const Object* object, const char* what) {
  if (live().erase(object) == 0) {
    return refuse(kNnInvalid, fmt::format("there is no such {}, or it was destroyed", what));
  }
  delete object;
  return kOk;
}

const std::map<int, kernels::DataType>& types() {
  using kernels::DataType;
  static const std::map<int, DataType> all = {{0, DataType::f32},  {1, DataType::f16},
                                              {2, DataType::i8},   {3, DataType::i32},
                                              {11, DataType::f64}, {27, DataType::bf16}};
  return all;
}

/// 0 for a type that the operators here do not know. Bytes, booleans and 64-bit counts are read by
/// some of them, and never computed with.
std::size_t element_bytes(int type) {
  if (type == 4 || type == 12) return 1;
  if (type == 9) return 8;
  return types().contains(type) ? static_cast<std::size_t>(kernels::bytes_of(types().at(type), 1))
                                : 0;
}

std::uint64_t stored_bytes(const aclTensor& tensor) {
  std::uint64_t count = 1;
  for (const std::int64_t extent : tensor.stored) count *= static_cast<std::uint64_t>(extent);
  return count * element_bytes(tensor.type);
}

/// The executor's own faults, with those of what it was planned with.
std::string fault_of_launch(const char* name, void* workspace, std::uint64_t bytes,
                            const aclOpExecutor* executor) {
  if (!is_live(executor)) return "the executor is gone: destroyed, or used before and not reusable";
  if (executor->operation != name) return "the executor is that of " + executor->operation;
  for (const aclTensor* tensor : executor->tensors) {
    if (const std::string why = fault_of_tensor(tensor); !why.empty()) return why;
  }
  if (bytes < executor->workspace_bytes) {
    return fmt::format("a workspace of {} bytes, where {} were asked for", bytes,
                       executor->workspace_bytes);
  }
  if (executor->workspace_bytes == 0) return "";
  return machine().memory.find(workspace, executor->workspace_bytes).why_not;
}

/// Turns the result's first element into another.
void spoil(const aclTensor& out) {
  const Matrix matrix = matrix_of(out, 0);
  if (matrix.data != nullptr) {
    matrix.data[kernels::bytes_of(matrix.type, 1) - 1] ^= std::byte{0x40};
  }
}

void finish(aclOpExecutor* executor) {
  --executor->pending;
  if (!executor->repeatable && executor->pending == 0) delete executor;
}

}  // namespace

bool is_live(const aclTensor* tensor) {
  return live().contains(tensor);
}
bool is_live(const aclTensorList* list) {
  return live().contains(list);
}
bool is_live(const aclScalar* scalar) {
  return live().contains(scalar);
}
bool is_live(const aclOpExecutor* executor) {
  return live().contains(executor);
}

kernels::DataType type_of(int acl_type) {
  return types().at(acl_type);
}

std::string fault_of_tensor(const aclTensor* tensor, int format) {
  if (!is_live(tensor)) return "a tensor was destroyed";
  if (tensor->format != format) {
    return fmt::format("format {} where {} is due", tensor->format, format);
  }
  if (element_bytes(tensor->type) == 0) {
    return fmt::format("elements of type {}", tensor->type);
  }
  std::int64_t last = tensor->offset, room = 1;
  for (std::size_t i = 0; i < tensor->extents.size(); ++i) {
    last += (tensor->extents[i] - 1) * tensor->strides[i];
  }
  for (const std::int64_t extent : tensor->stored) room *= extent;
  if (last >= room) return fmt::format("a view reaches element {} of {} stored", last, room);
  return machine().memory.find(tensor->data, stored_bytes(*tensor)).why_not;
}

Matrix matrix_of(const aclTensor& tensor, std::int64_t batch) {
  const std::size_t n = tensor.extents.size();
  Matrix matrix;
  matrix.type = type_of(tensor.type);
  matrix.rows = n > 1 ? tensor.extents[n - 2] : 1;
  matrix.row_stride = n > 1 ? tensor.strides[n - 2] : 0;
  matrix.columns = tensor.extents[n - 1];
  matrix.column_stride = tensor.strides[n - 1];
  std::int64_t at = tensor.offset;
  for (std::size_t i = n > 2 ? n - 2 : 0; i-- > 0;) {
    at += batch % tensor.extents[i] * tensor.strides[i];
    batch /= tensor.extents[i];
  }
  std::byte* const data = machine().memory.find(tensor.data, stored_bytes(tensor)).data;
  if (data != nullptr) {
    matrix.data = data + at * kernels::bytes_of(matrix.type, 1);
  }
  return matrix;
}

std::int64_t elements_of(const aclTensor& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t extent : tensor.extents) count *= extent;
  return count;
}

bool is_dense(const aclTensor& tensor) {
  std::int64_t stride = 1;
  for (std::size_t i = tensor.extents.size(); i-- > 0;) {
    if (tensor.extents[i] != 1 && tensor.strides[i] != stride) return false;
    stride *= tensor.extents[i];
  }
  return true;
}

aclOpExecutor* new_executor(aclOpExecutor made) {
  return kept(std::move(made));
}

Status launch(const char* name, void* workspace, std::uint64_t bytes, aclOpExecutor* executor,
              void* stream) {
  const std::lock_guard lock(machine().mutex);
  const Fault fault = fault_of((std::string(name) + ".run").c_str());
  if (const Status refused = entered_with_device(name); refused != kOk) return refused;
  if (check_stream(stream) != kOk) return kNnRuntime;
  const std::string why = fault_of_launch(name, workspace, bytes, executor);
  if (!why.empty()) return refuse(kNnInner, why);
  ++executor->launches, ++executor->pending;
  if (!executor->repeatable) live().erase(executor);
  static_cast<Stream*>(stream)->queue.push([=] {
    // Whatever lies there besides is lost.
    const auto scratch = machine().memory.find(workspace, executor->workspace_bytes);
    if (executor->workspace_bytes > 0 && scratch.data != nullptr) {
      std::memset(scratch.data, 0x5a, executor->workspace_bytes);
    }
    std::string wrong;
    for (const aclTensor* tensor : executor->tensors) {
      if (wrong.empty()) wrong = fault_of_tensor(tensor);
    }
    if (wrong.empty()) wrong = executor->work();
    if (wrong.empty() && fault == Fault::wrong) spoil(*executor->out);
    if (wrong.empty() && fault == Fault::fail) wrong = "the device failed, as the test asked";
    finish(executor);
    return wrong;
  });
  return kOk;
}

}  // namespace assay::fakes::ascend

using namespace assay::fakes;
using namespace assay::fakes::ascend;

FAKE_EXPORT aclTensor* aclCreateTensor(const std::int64_t* extents, std::uint64_t dimensions,
                                       int type, const std::int64_t* strides, std::int64_t offset,
                                       int format, const std::int64_t* stored,
                                       std::uint64_t stored_dimensions, void* data) {
  const std::lock_guard lock(machine().mutex);
  if (fault_of("aclCreateTensor") != Fault::none || extents == nullptr || strides == nullptr ||
      stored == nullptr || dimensions == 0 || dimensions > 8) {
    refuse(kNnInvalid, "aclCreateTensor: an argument is missing");
    return nullptr;
  }
  return kept(aclTensor{{extents, extents + dimensions},
                        {strides, strides + dimensions},
                        {stored, stored + stored_dimensions},
                        type,
                        format,
                        offset,
                        data});
}

FAKE_EXPORT Status aclDestroyTensor(const aclTensor* tensor) {
  const std::lock_guard lock(machine().mutex);
  return destroy(tensor, "tensor");
}

FAKE_EXPORT aclTensorList* aclCreateTensorList(const aclTensor* const* tensors,
                                               std::uint64_t count) {
  const std::lock_guard lock(machine().mutex);
  if (tensors == nullptr || count == 0) return nullptr;
  return kept(aclTensorList{{tensors, tensors + count}});
}

FAKE_EXPORT Status aclDestroyTensorList(const aclTensorList* list) {
  const std::lock_guard lock(machine().mutex);
  if (is_live(list)) {
    for (const aclTensor* tensor : list->tensors) destroy(tensor, "tensor");
  }
  return destroy(list, "list of tensors");
}

FAKE_EXPORT aclScalar* aclCreateScalar(void* value, int type) {
  const std::lock_guard lock(machine().mutex);
  if (value == nullptr || (type != 0 && type != 11)) return nullptr;
  float narrow = 0;
  double wide = 0;
  if (type == 0) std::memcpy(&narrow, value, sizeof narrow);
  if (type == 11) std::memcpy(&wide, value, sizeof wide);
  return kept(aclScalar{type == 0 ? narrow : wide, type});
}

FAKE_EXPORT Status aclDestroyScalar(const aclScalar* scalar) {
  const std::lock_guard lock(machine().mutex);
  return destroy(scalar, "scalar");
}

FAKE_EXPORT Status aclSetAclOpExecutorRepeatable(aclOpExecutor* executor) {
  const std::lock_guard lock(machine().mutex);
  if (executor == nullptr) return refuse(kNnNullExecutor, "the executor is null");
  if (!is_live(executor) || executor->launches > 0) return refuse(kNnInvalid, "it is too late");
  if (number_setting("ASSAY_FAKE_ASCEND_REPEATABLE", 1) == 0) {
    return refuse(kNnInvalid, "this operator's executor cannot be reused");
  }
  executor->repeatable = true;
  return kOk;
}

FAKE_EXPORT Status aclDestroyAclOpExecutor(aclOpExecutor* executor) {
  const std::lock_guard lock(machine().mutex);
  if (executor == nullptr) return refuse(kNnNullExecutor, "the executor is null");
  if (!is_live(executor) || !executor->repeatable) {
    return refuse(kNnInvalid, "the executor is not one to destroy");
  }
  if (executor->pending > 0) return refuse(kNnInner, "the executor's launch is not done");
  return destroy(executor, "executor");
}

FAKE_EXPORT std::size_t assay_fake_ascend_objects() {
  return live().size() + machine().streams.size() + machine().events.size() +
         machine().pinned.size();
}
