// Tensors and executors as aclnn's operators get them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/dtype.h"
#include "tests/fakes/ascend/machine.h"
#include "tests/fakes/common/arithmetic.h"

struct aclTensor {
  std::vector<std::int64_t> extents, strides, stored;
  int type = 0, format = 0;
  std::int64_t offset = 0;
  void* data = nullptr;
};

struct aclTensorList {
  std::vector<const aclTensor*> tensors;
};

struct aclScalar {
  double value = 0;
  int type = 0;
};

struct aclOpExecutor {
  std::string operation;
  std::vector<const aclTensor*> tensors;  ///< that must still be there when it is launched
  std::uint64_t workspace_bytes = 0;
  /// Computes, on memory looked up then. "" or what went wrong.
  std::function<std::string()> work;
  const aclTensor* out = nullptr;
  bool repeatable = false;
  int launches = 0, pending = 0;
};

namespace assay::fakes::ascend {

bool is_live(const aclTensor* tensor);
bool is_live(const aclTensorList* list);
bool is_live(const aclScalar* scalar);
bool is_live(const aclOpExecutor* executor);

/// By aclDataType; throws std::out_of_range for one that the operators here do not know.
kernels::DataType type_of(int acl_type);

inline constexpr int kFormatNd = 2, kFormatNz = 29;

/// "" or what is wrong with a tensor as an argument: gone, of another format, its view or storage
/// beyond memory.
std::string fault_of_tensor(const aclTensor* tensor, int format = kFormatNd);

/// The tensor's last two dimensions at `batch` of those before them, all batches in row-major
/// order.
Matrix matrix_of(const aclTensor& tensor, std::int64_t batch);
/// Dense, and all of it in one piece.
bool is_dense(const aclTensor& tensor);
std::int64_t elements_of(const aclTensor& tensor);

/// A new executor, for the first phase to hand out.
aclOpExecutor* new_executor(aclOpExecutor made);

/// The second phase of any operator.
Status launch(const char* name, void* workspace, std::uint64_t bytes, aclOpExecutor* executor,
              void* stream);

}  // namespace assay::fakes::ascend
