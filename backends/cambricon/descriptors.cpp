#include "backends/cambricon/descriptors.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>

#include "backends/sdk/failure.h"

namespace assay::backends::cambricon {

void* function_named(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (auto* const found = runtime().libraries.find<void()>(name)) {
      return reinterpret_cast<void*>(found);
    }
  }
  throw sdk::Failure(ASSAY_UNSUPPORTED, "this CNNL has no " + names.front());
}

Owned::Owned(std::vector<std::string> makers, std::vector<std::string> destroyers)
    : destroy_(reinterpret_cast<Status (*)(Descriptor)>(function_named(destroyers))) {
  const auto make = reinterpret_cast<Status (*)(Descriptor*)>(function_named(makers));
  check_nn(make(&made_), makers.front());
}

Owned::~Owned() {
  destroy_(made_);
}

Type cnnl_type(kernels::DataType type) {
  switch (type) {
    case kernels::DataType::f32:
      return Type::f32;
    case kernels::DataType::f16:
      return Type::f16;
    case kernels::DataType::bf16:
      return Type::bf16;
    default:
      throw std::invalid_argument("no cnnlDataType_t for " + std::string(kernels::name(type)));
  }
}

Tensor::Tensor(Type type, const std::vector<std::int64_t>& extents)
    : descriptor_({"cnnlCreateTensorDescriptor"}, {"cnnlDestroyTensorDescriptor"}) {
  std::vector<std::int64_t> strides(extents.size(), 1);
  for (std::size_t i = extents.size() - 1; i > 0; --i) strides[i - 1] = strides[i] * extents[i];
  const auto dimensions = static_cast<int>(extents.size());
  const Api& api = runtime().api;
  if (api.cnnlSetTensorDescriptorEx_v2 != nullptr) {
    check_nn(api.cnnlSetTensorDescriptorEx_v2(get(), kLayoutArray, type, dimensions, extents.data(),
                                              strides.data()),
             "cnnlSetTensorDescriptorEx_v2");
    return;
  }
  const std::vector<int> narrow(extents.begin(), extents.end()),
      narrow_strides(strides.begin(), strides.end());
  check_nn(api.cnnlSetTensorDescriptorEx(get(), kLayoutArray, type, dimensions, narrow.data(),
                                         narrow_strides.data()),
           "cnnlSetTensorDescriptorEx");
}

std::string why_too_large(const std::vector<std::int64_t>& extents) {
  std::int64_t count = 1;
  for (const std::int64_t extent : extents) {
    count *= extent;
    if (count > std::numeric_limits<int>::max()) {
      return "that CNNL's operators take more than 2^31 - 1 elements is not public";
    }
  }
  return "";
}

}  // namespace assay::backends::cambricon
