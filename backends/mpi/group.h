// The ranks that work together, and MPI itself, started at the first join.
#pragma once

#include <mpi.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace assay::backends::mpi {

/// Throws Failure with the library's words unless it is MPI_SUCCESS.
void check(int code, const char* doing);

/// Starts MPI unless it runs already. Throws Failure where the launcher's server cannot be reached.
void start();
/// Ends it where it runs; all ranks do so.
void finish() noexcept;

/// A communicator of all ranks, freed with this object.
class Group {
 public:
  /// Called on all ranks. Throws Failure where the launcher started another number of ranks, where
  /// ranks differ in their `id`, or in how they number themselves.
  Group(std::span<const std::byte> id, int ranks, int rank);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  MPI_Comm communicator() const { return communicator_; }
  int ranks() const { return ranks_; }
  int rank() const { return rank_; }
  /// Whether this rank runs on rank 0's host and therefore shares its clock.
  bool shares_clock_with_first() const { return shares_clock_; }

 private:
  MPI_Comm communicator_ = MPI_COMM_NULL;
  int ranks_, rank_;
  bool shares_clock_ = false;
};

/// "Open MPI v4.1.4, …", without starting MPI.
std::string library_version();

}  // namespace assay::backends::mpi
