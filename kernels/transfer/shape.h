// What is moved, from where to where.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// a = b, n elements: b is in the memory where the move begins, a in the memory where it ends. A
/// backend does the rest outside the timed region: with h2d it brings b to host memory before, with
/// d2h it brings a back to the device after.
struct TransferShape {
  enum class Direction { host_to_device, device_to_host, device_to_device };
  std::int64_t n = 1;
  DataType type = DataType::f32;
  Direction direction = Direction::host_to_device;
  bool pinned = true;  ///< host memory is page-locked; ignored within a device

  std::int64_t bytes() const { return bytes_of(type, n); }
};

TransferShape transfer_shape(const Problem& problem);

}  // namespace assay::kernels
