// A failure with the status that the interface returns for it.
#pragma once

#include "backends/assay_backend.h"
#include "kernels/error.h"

namespace assay::backends::cpu {

class Failure : public Error {
 public:
  Failure(assay_status status, const std::string& what) : Error(what), status_(status) {}
  assay_status status() const { return status_; }

 private:
  assay_status status_;
};

}  // namespace assay::backends::cpu
