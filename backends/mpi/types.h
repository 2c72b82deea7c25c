// Messages of any size for calls that count in int.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kernels/dtype.h"
#include "kernels/problem.h"

namespace assay::backends::mpi {

/// `bytes` bytes as a number of elements of an MPI type: bytes, or where an int cannot count them,
/// one element of a type made for it.
class Message {
 public:
  explicit Message(std::size_t bytes);
  int count() const { return count_; }
  MPI_Datatype type() const { return made_ ? *made_ : MPI_BYTE; }

 private:
  int count_ = 0;
  std::shared_ptr<MPI_Datatype> made_;  ///< freed with the last copy
};

/// A type that moves `bytes` bytes, freed with the last copy. Throws Failure where it cannot be
/// made.
std::shared_ptr<MPI_Datatype> block_type(std::size_t bytes);

/// What MPI can sum; nothing for types that it does not know.
std::optional<MPI_Datatype> summed_type(kernels::DataType type);
/// Empty where it can sum elements of the problem's `type`, else the reason why not.
std::string why_no_sum(const kernels::Problem& problem);

/// Calls step(first, count) for parts of `elements` that an int can count.
void in_parts(std::int64_t elements, const std::function<void(std::int64_t, int)>& step);

}  // namespace assay::backends::mpi
