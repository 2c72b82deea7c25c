// A clock that the ranks agree on: rank 0's. Hunold & Carpen-Amarie, "Hierarchical Clock
// Synchronization in MPI" (2018) and ReproMPI: offsets by ping-pong, of the shortest round trip.
#pragma once

#include "backends/mpi/group.h"

namespace assay::backends::mpi {

/// This machine's steady clock, in seconds.
double local_seconds();

class SharedClock {
 public:
  explicit SharedClock(const Group& group) : group_(group) {}

  /// Measures the offset again; called on all ranks. Ranks of one host have the same clock already.
  void synchronise();
  double now() const { return local_seconds() + offset_; }
  /// Returns at `moment`, or immediately if that has passed; yields the core while it waits.
  void wait_until(double moment) const;
  /// Half of the shortest round trip with rank 0: the offset is known to that. 0 on one host.
  double uncertainty() const { return uncertainty_; }

 private:
  void measure_with(int other);

  const Group& group_;
  double offset_ = 0, uncertainty_ = 0;
};

}  // namespace assay::backends::mpi
