#include "backends/ascend/tensor.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "backends/ascend/runtime.h"

namespace assay::backends::ascend {
namespace {

using kernels::DataType;

Tensor made(Type type, const Extents& extents, const Extents& strides, const Extents& stored,
            void* data, std::int64_t offset = 0) {
  Tensor tensor(runtime().acl.aclCreateTensor(extents.data(), extents.size(), type, strides.data(),
                                              offset, kFormatNd, stored.data(), stored.size(),
                                              data));
  if (tensor == nullptr) throw std::runtime_error(words(0, "aclCreateTensor gave no tensor"));
  return tensor;
}

Extents strides_of(const Extents& extents) {
  Extents strides(extents.size(), 1);
  for (std::size_t i = extents.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * extents[i];
  return strides;
}

struct StackedView {
  Extents extents, stored, strides;

  StackedView(std::int64_t batch, std::int64_t rows, std::int64_t columns, bool transposed)
      : extents{batch, rows, columns}, stored(extents) {
    if (transposed) std::swap(stored[1], stored[2]);
    strides = strides_of(stored);
    if (transposed) std::swap(strides[1], strides[2]);
  }
};

}  // namespace

Type acl_type(DataType type) {
  switch (type) {
    case DataType::f64:
      return Type::f64;
    case DataType::f32:
      return Type::f32;
    case DataType::bf16:
      return Type::bf16;
    case DataType::f16:
      return Type::f16;
    case DataType::i8:
      return Type::i8;
    case DataType::i32:
      return Type::i32;
    default:
      throw std::invalid_argument("no aclDataType for " + std::string(kernels::name(type)));
  }
}

void TensorDeleter::operator()(aclTensor* tensor) const {
  runtime().acl.aclDestroyTensor(tensor);
}
void TensorDeleter::operator()(aclTensorList* list) const {
  runtime().acl.aclDestroyTensorList(list);
}
void TensorDeleter::operator()(aclScalar* scalar) const {
  runtime().acl.aclDestroyScalar(scalar);
}

Tensor dense_tensor(Type type, const Extents& extents, void* data) {
  return made(type, extents, strides_of(extents), extents, data);
}

Tensor part_tensor(Type type, std::int64_t rows, std::int64_t stride, std::int64_t begin,
                   std::int64_t columns, void* data) {
  return made(type, {rows, columns}, {stride, 1}, {rows, stride}, data, begin);
}

Tensor weight_tensor(Type type, std::int64_t rows, std::int64_t columns, bool transposed,
                     void* data) {
  const StackedView view(1, rows, columns, transposed);
  const Extents stored = transposed ? Extents{columns, rows} : Extents{rows * columns};
  return made(type, {rows, columns}, {view.strides[1], view.strides[2]}, stored, data);
}

Tensor stacked_tensor(Type type, std::int64_t batch, std::int64_t rows, std::int64_t columns,
                      bool transposed, void* data) {
  const StackedView view(batch, rows, columns, transposed);
  return made(type, view.extents, view.strides, view.stored, data);
}

Tensor matrix_tensor(Type type, std::int64_t batch, std::int64_t rows, std::int64_t columns,
                     bool transposed, void* data) {
  StackedView view(batch, rows, columns, transposed);
  if (batch == 1) {
    for (Extents* one : {&view.extents, &view.stored, &view.strides}) one->erase(one->begin());
  }
  return made(type, view.extents, view.strides, view.stored, data);
}

TensorList list_of(Tensor tensor) {
  const aclTensor* const only[] = {tensor.get()};
  TensorList list(runtime().acl.aclCreateTensorList(only, 1));
  if (list == nullptr) throw std::runtime_error("aclCreateTensorList gave no list");
  tensor.release();
  return list;
}

}  // namespace assay::backends::ascend
