// Memory that one use leaves to the next, so that its pages need not come from the kernel again.
#pragma once

#include <cstddef>
#include <memory>

#include "kernels/operation.h"

namespace assay::harness::measure {

class KeptBytes {
 public:
  /// So many bytes, whose contents are undefined. Those taken before must no longer be used.
  kernels::Bytes take(std::size_t bytes) {
    if (bytes > capacity_) {
      // What was there goes first. Setting the new memory to zero would take as long as its use.
      capacity_ = 0;
      data_.reset();
      data_ = std::make_unique_for_overwrite<std::byte[]>(bytes);
      capacity_ = bytes;
    }
    return {data_.get(), bytes};
  }
  std::size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<std::byte[]> data_;
  std::size_t capacity_ = 0;
};

}  // namespace assay::harness::measure
