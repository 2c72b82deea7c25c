// A product as both interfaces of the BLAS describe it, column-major, and its checks.
//   ASSAY_FAKE_ACCUMULATOR=e8m13  8-bit floats are summed as tensor cores of Ada and Hopper do it;
//                                 otherwise as any
#pragma once

#include <cstdint>
#include <optional>

#include "kernels/dtype.h"
#include "tests/fakes/cudalike/machine.h"

namespace assay::fakes::cudalike {

struct ProductMatrix {
  int type = 0;
  const void* data = nullptr;
  std::int64_t rows = 0, columns = 0;    ///< as stored
  std::int64_t leading = 0, offset = 0;  ///< between columns; between the batch's matrices
  bool transposed = false;
};

/// result = left right.
struct Product {
  ProductMatrix left, right, result;
  std::int64_t batch = 1;
  int compute = 0;
  bool fast = false;  ///< sums of 8-bit floats are never promoted; see ASSAY_FAKE_ACCUMULATOR
};

/// kOk or the status of the first rule broken. Pointers are looked at only by check_places.
Status check_shape(const Product& product);
Status check_types(const Product& product);
Status check_places(const Product& product);

std::optional<kernels::DataType> type_of(int number);
/// Alpha and beta are read when the call is made: 1 and 0 are all that is computed here.
Status check_scalars(int compute, const void* alpha, const void* beta);

/// What the device does: "" or what went wrong.
std::string multiplied(const Product& product);
/// Puts it into the stream, with what a fault makes of it.
void push_product(Stream& stream, const Product& product, Fault fault);

}  // namespace assay::fakes::cudalike
