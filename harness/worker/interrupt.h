// Makes SIGINT, SIGTERM and SIGHUP (the terminal is gone) available as a descriptor that can be
// polled.
#pragma once

#include <csignal>

namespace assay::harness::worker {

/// Thrown if a wait ended because the user asked to stop.
struct Interrupted {
  int signal = SIGINT;
};

/// While an object exists, SIGINT, SIGTERM and SIGHUP do not end the process but make
/// `descriptor()` readable. Those that the process ignores stay ignored.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int descriptor() const { return descriptor_; }
  /// Throws Interrupted if a signal is pending.
  void check() const;

 private:
  int descriptor_ = -1;
  sigset_t before_;
};

}  // namespace assay::harness::worker
