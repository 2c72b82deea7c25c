// CNNL's descriptors, destroyed when they go.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/cambricon/runtime.h"
#include "kernels/dtype.h"

namespace assay::backends::cambricon {

/// One of CNNL's descriptors, made and destroyed by functions with one of several names, since CNNL
/// has renamed some.
class Owned {
 public:
  Owned(std::vector<std::string> makers, std::vector<std::string> destroyers);
  ~Owned();
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Descriptor get() const { return made_; }

 private:
  Descriptor made_ = nullptr;
  Status (*destroy_)(Descriptor) = nullptr;
};

/// cnnlDataType_t of an element type; throws std::invalid_argument for one that is not used here.
Type cnnl_type(kernels::DataType type);

/// A dense, row-major array.
class Tensor {
 public:
  Tensor(Type type, const std::vector<std::int64_t>& extents);
  Descriptor get() const { return descriptor_.get(); }

 private:
  Owned descriptor_;
};

/// Throws sdk::Failure with ASSAY_UNSUPPORTED where CNNL has no such function.
void* function_named(const std::vector<std::string>& names);
template <class Function>
Function* function(const std::string& name) {
  return reinterpret_cast<Function*>(function_named({name}));
}

/// "" or why an array of these extents is not given to CNNL, whose older descriptors count in 32
/// bits.
std::string why_too_large(const std::vector<std::int64_t>& extents);

}  // namespace assay::backends::cambricon
