// The size of a read: sums of segments of one array.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// n elements, of which each kSegment in turn make one sum.
struct ReadShape {
  /// Few enough that a sum shows whether an element is missing, many enough that writing the sums
  /// is no work.
  static constexpr std::int64_t kSegment = 8192;

  std::int64_t n = 1;
  DataType type = DataType::f32;
  DataType acc = DataType::f32;  ///< of the sums

  std::int64_t sums() const { return (n + kSegment - 1) / kSegment; }
};

ReadShape read_shape(const Problem& problem);

}  // namespace assay::kernels
