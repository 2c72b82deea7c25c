// SIGINT and SIGTERM as a descriptor that can be waited for.
#pragma once

#include <csignal>

namespace assay::harness::worker {

/// Thrown where a wait ended because the person asked to stop.
struct Interrupted {
  int signal = SIGINT;
};

/// While it lives, SIGINT and SIGTERM no longer end the process but make `descriptor()` readable.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int descriptor() const { return descriptor_; }
  /// Throws Interrupted where a signal is pending.
  void check() const;

 private:
  int descriptor_ = -1;
  sigset_t before_;
};

}  // namespace assay::harness::worker
