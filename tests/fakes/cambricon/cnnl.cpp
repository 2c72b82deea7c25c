// CNNL's handles, descriptors, matmul and sums, with the restrictions of its documentation.
#include <cstring>
#include <set>

#include "tests/fakes/cambricon/machine.h"
#include "tests/fakes/common/arithmetic.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::cambricon;
using kernels::DataType;

namespace {

constexpr std::size_t kWorkspace = 1 << 16;

struct Handle {
  Queue* queue = nullptr;
  int device = 0;
};
struct Tensor {
  int type = 0;
  std::vector<std::int64_t> extents;  ///< empty until it is set
};
struct MatMul {
  int compute_type = -1;  ///< must be set
  bool transpose_a = false, transpose_b = false, tf32 = true;
};
struct Algorithm {
  bool chosen = false;
};
struct OpTensorOperation {
  bool set = false;
};

std::set<const void*>& live() {
  static auto* const all = new std::set<const void*>;
  return *all;
}

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

/// One of a batch, as the product sees it.
Matrix matrix(const Tensor& tensor, std::byte* data, std::int64_t batch, bool transposed) {
  const std::int64_t rows = tensor.extents[1], columns = tensor.extents[2];
  const DataType type = type_of(tensor.type);
  std::byte* const at = data + batch * rows * columns * kernels::bytes_of(type, 1);
  if (transposed) return {type, at, columns, rows, 1, columns};
  return {type, at, rows, columns, columns, 1};
}

bool is_set(const Tensor* tensor, std::size_t dimensions) {
  return tensor != nullptr && tensor->extents.size() == dimensions;
}

/// The extent of a batch of matrices that a product reads or writes, by the tensor's own.
Status check_product(const MatMul* matmul, const Tensor* a, const Tensor* b, const Tensor* c) {
  if (matmul == nullptr || !is_set(a, 3) || !is_set(b, 3) || !is_set(c, 3)) return kNnBadParameter;
  // TF32 is on unless it is switched off.
  if (matmul->compute_type != 2 || (matmul->tf32 && a->type == 2)) return kNnBadParameter;
  const bool types = a->type == b->type && (c->type == a->type || c->type == 2);
  if (!types) return kNnNotSupported;
  const std::int64_t m = a->extents[matmul->transpose_a ? 2 : 1],
                     k = a->extents[matmul->transpose_a ? 1 : 2],
                     other = b->extents[matmul->transpose_b ? 2 : 1],
                     n = b->extents[matmul->transpose_b ? 1 : 2];
  const bool batches = a->extents[0] == c->extents[0] && b->extents[0] == c->extents[0];
  return batches && k == other && c->extents[1] == m && c->extents[2] == n ? kOk : kNnBadParameter;
}

void round_through(DataType type, std::byte* data, std::int64_t elements) {
  for (std::int64_t i = 0; i < elements; ++i) {
    const double value = kernels::load(DataType::f32, data, i);
    kernels::store(DataType::f32, data, i, kernels::decode(type, kernels::encode(type, value)));
  }
}

/// Work that looks its memory up when its turn comes, spoilt where the test asked for that.
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

}  // namespace

#define FAKE_ENTER_LIBRARY()                   \
  const std::lock_guard lock(machine().mutex); \
  if (const auto refused = entered_library(__func__); refused != kOk) return refused

FAKE_EXPORT Status cnnlCreate(void** handle) {
  FAKE_ENTER_LIBRARY();
  if (current_device() < 0) return kNnNotInitialised;
  const Status status = create<Handle>(handle);
  if (status == kOk) static_cast<Handle*>(*handle)->device = current_device();
  return status;
}

FAKE_EXPORT Status cnnlDestroy(void* handle) {
  FAKE_ENTER_LIBRARY();
  return destroy<Handle>(handle);
}

FAKE_EXPORT Status cnnlSetQueue(void* handle, void* queue) {
  FAKE_ENTER_LIBRARY();
  auto* const known = get<Handle>(handle);
  if (known == nullptr || queue_of(queue) == nullptr) return kNnBadParameter;
  known->queue = queue_of(queue);
  return kOk;
}

FAKE_EXPORT const char* cnnlGetErrorString(Status status) {
  static const char* const names[] = {"CNNL_STATUS_SUCCESS",          "CNNL_STATUS_NOT_INITIALIZED",
                                      "CNNL_STATUS_ALLOC_FAILED",     "CNNL_STATUS_BAD_PARAM",
                                      "CNNL_STATUS_INTERNAL_ERROR",   "CNNL_STATUS_ARCH_MISMATCH",
                                      "CNNL_STATUS_EXECUTION_FAILED", "CNNL_STATUS_NOT_SUPPORTED"};
  return status >= 0 && status < 8 ? names[status] : "CNNL_STATUS_UNKNOWN";
}

FAKE_EXPORT void cnnlGetLibVersion(int* major, int* minor, int* patch) {
  *major = 1, *minor = 28, *patch = 3;
}

FAKE_EXPORT Status cnnlCreateTensorDescriptor(void** tensor) {
  FAKE_ENTER_LIBRARY();
  return create<Tensor>(tensor);
}

FAKE_EXPORT Status cnnlDestroyTensorDescriptor(void* tensor) {
  FAKE_ENTER_LIBRARY();
  return destroy<Tensor>(tensor);
}

FAKE_EXPORT Status cnnlSetTensorDescriptorEx(void* tensor, int layout, int type, int dimensions,
                                             const int* extents, const int* strides) {
  FAKE_ENTER_LIBRARY();
  auto* const known = get<Tensor>(tensor);
  if (known == nullptr || layout != 4 || dimensions < 1 || dimensions > 8) return kNnBadParameter;
  if (type != 1 && type != 2 && type != 17) return kNnNotSupported;
  int stride = 1;
  for (int i = dimensions; i-- > 0;) {
    if (extents[i] < 1 || strides[i] != stride) return kNnNotSupported;
    stride *= extents[i];
  }
  *known = {type, {extents, extents + dimensions}};
  return kOk;
}

#ifndef ASSAY_FAKE_BEFORE_V2
FAKE_EXPORT Status cnnlSetTensorDescriptorEx_v2(void* tensor, int layout, int type, int dimensions,
                                                const std::int64_t* extents,
                                                const std::int64_t* strides) {
  FAKE_ENTER_LIBRARY();
  if (dimensions < 1 || dimensions > 8) return kNnBadParameter;
  const std::vector<int> narrow(extents, extents + dimensions),
      narrow_strides(strides, strides + dimensions);
  return cnnlSetTensorDescriptorEx(tensor, layout, type, dimensions, narrow.data(),
                                   narrow_strides.data());
}
#endif

FAKE_EXPORT Status cnnlCreateMatMulDescriptor(void** matmul) {
  FAKE_ENTER_LIBRARY();
  return create<MatMul>(matmul);
}

FAKE_EXPORT Status cnnlDestroyMatMulDescriptor(void* matmul) {
  FAKE_ENTER_LIBRARY();
  return destroy<MatMul>(matmul);
}

FAKE_EXPORT Status cnnlSetMatMulDescAttr(void* matmul, int attribute, const void* value,
                                         std::size_t bytes) {
  FAKE_ENTER_LIBRARY();
  auto* const known = get<MatMul>(matmul);
  std::int32_t number = 0;
  if (known == nullptr || value == nullptr || bytes != sizeof number) return kNnBadParameter;
  std::memcpy(&number, value, sizeof number);
  switch (attribute) {
    case 0:
      known->compute_type = number;
      return kOk;
    case 3:
      known->transpose_a = number != 0;
      return kOk;
    case 4:
      known->transpose_b = number != 0;
      return kOk;
    case 10:
      known->tf32 = number != 0;
      return kOk;
    default:
      return kNnNotSupported;
  }
}

FAKE_EXPORT Status cnnlCreateMatMulAlgo(void** algorithm) {
  FAKE_ENTER_LIBRARY();
  return create<Algorithm>(algorithm);
}

FAKE_EXPORT Status cnnlDestroyMatMulAlgo(void* algorithm) {
  FAKE_ENTER_LIBRARY();
  return destroy<Algorithm>(algorithm);
}

FAKE_EXPORT Status cnnlCreateMatMulHeuristicResult(void** result) {
  FAKE_ENTER_LIBRARY();
  return create<Algorithm>(result);
}

FAKE_EXPORT Status cnnlDestroyMatMulHeuristicResult(void* result) {
  FAKE_ENTER_LIBRARY();
  return destroy<Algorithm>(result);
}

FAKE_EXPORT Status cnnlGetBatchMatMulExAlgoHeuristic(void* handle, void* matmul, void* a, void* b,
                                                     void* c, void*, int asked, void** results,
                                                     int* given) {
  FAKE_ENTER_LIBRARY();
  if (get<Handle>(handle) == nullptr || asked != 1 || get<Algorithm>(results[0]) == nullptr) {
    return kNnBadParameter;
  }
  const Status bad =
      check_product(get<MatMul>(matmul), get<Tensor>(a), get<Tensor>(b), get<Tensor>(c));
  if (bad != kOk) return bad;
  get<Algorithm>(results[0])->chosen = true;
  *given = 1;
  return kOk;
}

FAKE_EXPORT Status cnnlGetBatchMatMulExHeuristicResult(void* result, void* algorithm,
                                                       std::size_t* bytes) {
  FAKE_ENTER_LIBRARY();
  const auto* const known = get<Algorithm>(result);
  if (known == nullptr || !known->chosen || get<Algorithm>(algorithm) == nullptr) {
    return kNnBadParameter;
  }
  get<Algorithm>(algorithm)->chosen = true;
  *bytes = kWorkspace;
  return kOk;
}

FAKE_EXPORT Status cnnlBatchMatMulEx(void* handle, void* matmul, void* algorithm, const void* alpha,
                                     void* a_desc, const void* a, void* b_desc, const void* b,
                                     const void* beta, void* c_desc, void* c, void* workspace,
                                     std::size_t bytes) {
  const std::lock_guard lock(machine().mutex);
  const Fault fault = fault_of("cnnlBatchMatMulEx.run");
  if (const Status bad = entered_library("cnnlBatchMatMulEx"); bad != kOk) return bad;
  auto* const known = get<Handle>(handle);
  const auto* const algo = get<Algorithm>(algorithm);
  if (known == nullptr || known->queue == nullptr || known->device != current_device()) {
    return kNnNotInitialised;
  }
  const Status bad = check_product(get<MatMul>(matmul), get<Tensor>(a_desc), get<Tensor>(b_desc),
                                   get<Tensor>(c_desc));
  if (bad != kOk) return bad;
  if (algo == nullptr || !algo->chosen || !is_workspace(workspace, bytes)) return kNnBadParameter;
  float factors[2];
  std::memcpy(&factors[0], alpha, sizeof(float));
  std::memcpy(&factors[1], beta, sizeof(float));
  if (factors[0] != 1 || factors[1] != 0) return kNnNotSupported;
  const MatMul how = *get<MatMul>(matmul);
  const Tensor left = *get<Tensor>(a_desc), right = *get<Tensor>(b_desc),
               out = *get<Tensor>(c_desc);
  push(*known, fault, workspace, bytes, out, c, [=] {
    std::byte *const x = data_of(left, a), *const y = data_of(right, b), *const z = data_of(out, c);
    if (x == nullptr || y == nullptr || z == nullptr) return false;
    for (std::int64_t i = 0; i < out.extents[0]; ++i) {
      multiply(matrix(left, x, i, how.transpose_a), matrix(right, y, i, how.transpose_b),
               matrix(out, z, i, false));
    }
    const bool rounds = number_setting("ASSAY_FAKE_CAMBRICON_ROUNDS", 0) != 0;
    if (rounds && left.type != 2 && out.type == 2) round_through(type_of(left.type), z, count(out));
    return true;
  });
  return kOk;
}

FAKE_EXPORT Status cnnlCreateOpTensorDescriptor(void** operation) {
  FAKE_ENTER_LIBRARY();
  return create<OpTensorOperation>(operation);
}

FAKE_EXPORT Status cnnlDestroyOpTensorDescriptor(void* operation) {
  FAKE_ENTER_LIBRARY();
  return destroy<OpTensorOperation>(operation);
}

FAKE_EXPORT Status cnnlSetOpTensorDescriptor(void* operation, int which, int type, int nan) {
  FAKE_ENTER_LIBRARY();
  auto* const known = get<OpTensorOperation>(operation);
  if (known == nullptr || which != 0 || type != 2 || nan != 0) return kNnBadParameter;
  known->set = true;
  return kOk;
}

FAKE_EXPORT Status cnnlGetOpTensorWorkspaceSize(void* handle, void* a, void* b, void* c,
                                                std::size_t* bytes) {
  FAKE_ENTER_LIBRARY();
  const bool known = get<Handle>(handle) != nullptr && get<Tensor>(a) != nullptr &&
                     get<Tensor>(b) != nullptr && get<Tensor>(c) != nullptr;
  if (!known) return kNnBadParameter;
  *bytes = kWorkspace;
  return kOk;
}

FAKE_EXPORT Status cnnlOpTensor(void* handle, void* operation, const void* alpha1, void* a_desc,
                                const void* a, const void* alpha2, void* b_desc, const void* b,
                                void* workspace, std::size_t bytes, const void* beta, void* c_desc,
                                void* c) {
  const std::lock_guard lock(machine().mutex);
  const Fault fault = fault_of("cnnlOpTensor.run");
  if (const Status bad = entered_library("cnnlOpTensor"); bad != kOk) return bad;
  auto* const known = get<Handle>(handle);
  const auto* const how = get<OpTensorOperation>(operation);
  const auto *const left = get<Tensor>(a_desc), *const right = get<Tensor>(b_desc),
                    *const out = get<Tensor>(c_desc);
  if (known == nullptr || known->queue == nullptr) return kNnNotInitialised;
  if (how == nullptr || !how->set || left == nullptr || right == nullptr || out == nullptr ||
      left->extents != out->extents || right->extents != out->extents ||
      !is_workspace(workspace, bytes)) {
    return kNnBadParameter;
  }
  float factors[3];
  const void* const from[] = {alpha1, alpha2, beta};
  for (int i = 0; i < 3; ++i) std::memcpy(&factors[i], from[i], sizeof(float));
  if (factors[2] != 0) return kNnNotSupported;
  push(*known, fault, workspace, bytes, *out, c,
       [=, shape = *out, first = factors[0], second = factors[1]] {
         std::byte *const x = data_of(shape, a), *const y = data_of(shape, b),
                          *const z = data_of(shape, c);
         if (x == nullptr || y == nullptr || z == nullptr) return false;
         add_scaled(type_of(shape.type), first, x, second, y, z, count(shape));
         return true;
       });
  return kOk;
}

FAKE_EXPORT std::size_t assay_fake_cambricon_objects() {
  return live().size() + machine().queues.size() + machine().notifiers.size() +
         machine().pinned.size();
}
