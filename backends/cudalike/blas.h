// The vendor's BLAS on one device's stream.
#pragma once

#include <memory>
#include <string>

#include "backends/cudalike/device.h"
#include "backends/cudalike/library_session.h"

namespace assay::backends::cudalike {

/// What a BLAS's statuses mean; `text` gives its own words, or is null.
inline Statuses statuses_of(const BlasNumbers& numbers, std::string (*text)(int)) {
  return {text, numbers.out_of_memory, {numbers.unsupported[0], numbers.unsupported[1]}};
}

class BlasSession : public LibrarySession<BlasApi> {
 public:
  /// Null with the reason where the library is absent or cannot be used.
  static std::unique_ptr<BlasSession> open(Device& device, std::string& reason);

  const std::string& version() const { return version_; }
  /// Sums are never rounded to a type narrower than the problem's accumulator.
  bool precise() const { return precise_; }
  /// Bytes of the memory that it works in; 0 where it takes its own.
  std::uint64_t workspace_bytes() const { return workspace_ ? workspace_->bytes() : 0; }

 private:
  BlasSession() = default;
  void give_workspace(const Device& device);

  std::string version_;
  std::unique_ptr<Buffer> workspace_;
  bool precise_ = false;
};

}  // namespace assay::backends::cudalike
