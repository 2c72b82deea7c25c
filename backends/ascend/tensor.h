// Views of device memory as aclnn's operators take them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backends/ascend/acl.h"
#include "kernels/dtype.h"

namespace assay::backends::ascend {

/// aclDataType of an element type; throws std::invalid_argument for one that this module never
/// uses.
Type acl_type(kernels::DataType type);

struct TensorDeleter {
  void operator()(aclTensor* tensor) const;
  void operator()(aclTensorList* list) const;
  void operator()(aclScalar* scalar) const;
};
using Tensor = std::unique_ptr<aclTensor, TensorDeleter>;
using TensorList = std::unique_ptr<aclTensorList, TensorDeleter>;
using Scalar = std::unique_ptr<aclScalar, TensorDeleter>;

using Extents = std::vector<std::int64_t>;

/// A dense, row-major array.
Tensor dense_tensor(Type type, const Extents& extents, void* data);

/// Columns [begin, begin + columns) of a dense, row-major matrix [rows, stride]. An operator that
/// takes dense tensors alone refuses it.
Tensor part_tensor(Type type, std::int64_t rows, std::int64_t stride, std::int64_t begin,
                   std::int64_t columns, void* data);

/// Matrices [batch, rows, columns], row-major, or stored the other way round when `transposed`,
/// which makes a view with swapped strides.
Tensor stacked_tensor(Type type, std::int64_t batch, std::int64_t rows, std::int64_t columns,
                      bool transposed, void* data);
/// The same, and [rows, columns] for a batch of 1.
Tensor matrix_tensor(Type type, std::int64_t batch, std::int64_t rows, std::int64_t columns,
                     bool transposed, void* data);

/// Weights [rows, columns] for aclnnTransMatmulWeight, with the storage that its examples give
/// them: one row of all elements, or [columns, rows] when `transposed`.
Tensor weight_tensor(Type type, std::int64_t rows, std::int64_t columns, bool transposed,
                     void* data);

/// A list that owns its one tensor.
TensorList list_of(Tensor tensor);

}  // namespace assay::backends::ascend
