// A failure inside a module, with the status that the interface returns for it.
#pragma once

#include <stdexcept>
#include <string>

#include "backends/assay_backend.h"

namespace assay::sdk {

class Failure : public std::runtime_error {
 public:
  Failure(assay_status status, const std::string& what)
      : std::runtime_error(what), status_(status) {}
  assay_status status() const { return status_; }

 private:
  assay_status status_;
};

}  // namespace assay::sdk
