// What is moved, from where to where.
#pragma once

#include <cstdint>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::kernels {

/// a = b, n elements, where b lies in the memory that the move begins in and a in the one it ends
/// in. A backend stages the other halves of that outside the timed region: host to device (h2d), b
/// is brought to host memory first; device to host (d2h), a is brought back to the device after.
struct TransferShape {
  enum class Direction { host_to_device, device_to_host, device_to_device };
  std::int64_t n = 1;
  DataType type = DataType::f32;
  Direction direction = Direction::host_to_device;
  bool pinned = true;  ///< host memory is page-locked; of no meaning within a device

  std::int64_t bytes() const { return bytes_of(type, n); }
};

TransferShape transfer_shape(const Problem& problem);

}  // namespace assay::kernels
