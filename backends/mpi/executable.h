// A problem made ready on this rank, and its launches from starts that all ranks agree on.
#pragma once

#include <cstdint>
#include <span>

#include "backends/assay_backend.h"
#include "backends/mpi/clock.h"
#include "backends/mpi/implementation.h"
#include "backends/mpi/memory.h"
#include "backends/sdk/properties.h"

namespace assay::backends::mpi {

class Executable {
 public:
  Executable(const Group& group, SharedClock& clock, CacheFlush& flush, Ready ready);

  /// At this moment: they include the number of launches that began late.
  const sdk::Properties& details() const;
  /// Called on all ranks. A launch that a rank began late, by more than 1% of it and 1 us, is made
  /// again up to twice, and counted as late where that did not help.
  void run(std::span<assay_launch> launches, assay_mode mode);

 private:
  struct Attempt {
    assay_launch launch;
    bool late = false;
  };
  double agree_on_start();
  Attempt attempt(assay_mode mode);

  const Group& group_;
  SharedClock& clock_;
  CacheFlush& flush_;
  Ready ready_;
  double lead_;  ///< seconds from agreeing on a start to it; rank 0's counts
  double synchronised_ = 0;
  std::uint32_t launches_ = 0, late_ = 0, repeats_ = 0;
  double latest_ = 0;
  mutable sdk::Properties details_;
};

}  // namespace assay::backends::mpi
