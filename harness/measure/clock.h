// The clock for measuring durations.
#pragma once

#include <chrono>

namespace assay::harness::measure {

/// Seconds since an arbitrary start, on a clock that never steps back.
inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Adds the time between its construction and destruction to a phase.
class PhaseTimer {
 public:
  explicit PhaseTimer(double& phase) : phase_(phase), begin_(seconds_now()) {}
  ~PhaseTimer() { phase_ += seconds_now() - begin_; }
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

 private:
  double& phase_;
  double begin_;
};

}  // namespace assay::harness::measure
