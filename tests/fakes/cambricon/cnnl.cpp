// CNNL's handles, descriptors and matmul, with the restrictions of its documentation.
#include "tests/fakes/cambricon/cnnl.h"

#include <cstring>

#include "tests/fakes/common/arithmetic.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::cambricon;

namespace {

struct MatMul {
  int compute_type = -1;  ///< must be set
  bool transpose_a = false, transpose_b = false, tf32 = true;
};
struct Algorithm {
  bool chosen = false;
};
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

}  // namespace

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
