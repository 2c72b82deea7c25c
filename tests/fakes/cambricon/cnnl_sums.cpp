// CNNL's sums of tensors, with the restrictions of its documentation.
#include <cstring>

#include "tests/fakes/cambricon/cnnl.h"
#include "tests/fakes/common/arithmetic.h"

using namespace assay;
using namespace assay::fakes;
using namespace assay::fakes::cambricon;

namespace {

struct OpTensorOperation {
  bool set = false;
};

}  // namespace

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
