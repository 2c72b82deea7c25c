// The vendor's BLAS on one device's stream.
#pragma once

#include <memory>
#include <string>

#include "backends/cudalike/device.h"

namespace assay::backends::cudalike {

class BlasSession {
 public:
  /// Null with the reason where the library is absent or cannot be used.
  static std::unique_ptr<BlasSession> open(Device& device, std::string& reason);
  ~BlasSession();
  BlasSession(const BlasSession&) = delete;
  BlasSession& operator=(const BlasSession&) = delete;

  const BlasApi& api() const { return api_; }
  void* handle() const { return handle_; }
  const std::string& path() const { return path_; }
  const std::string& version() const { return version_; }
  /// Sums are never rounded to a type narrower than the problem's accumulator.
  bool precise() const { return precise_; }

 private:
  BlasSession() = default;
  Statuses statuses_;
  BlasApi api_;
  void* handle_ = nullptr;
  std::string path_, version_;
  bool precise_ = false;
};

}  // namespace assay::backends::cudalike
