// One plan entry as a Google Benchmark: verified first, then timed by the device's clock.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

#include "harness/plan/plan.h"
#include "harness/worker/device_worker.h"

namespace assay::cli::benchmark {

class TimedProblem;

/// A device's worker, shared by all problems, and the problem that it has prepared.
struct SharedWorker {
  harness::worker::DeviceWorker worker;
  const TimedProblem* prepared = nullptr;
};

class TimedProblem {
 public:
  /// The worker must outlive this.
  TimedProblem(harness::plan::PlanEntry entry, SharedWorker& shared);

  /// "PROBLEM/IMPLEMENTATION/DEVICE/MODE".
  const std::string& name() const { return name_; }
  /// Whether any call ended in an error: a wrong result, a crash or a timeout.
  bool failed() const { return failed_; }

  /// Called by Google Benchmark, repeatedly with more iterations.
  void run(::benchmark::State& state);

 private:
  bool make_ready(::benchmark::State& state);
  void launch_all(::benchmark::State& state);
  void check(::benchmark::State& state);
  void add_counters(::benchmark::State& state) const;
  void fail(::benchmark::State& state, const std::string& why);

  harness::plan::PlanEntry entry_;
  SharedWorker& shared_;
  std::string name_;
  results::record::Record record_;
  double seconds_per_turn_ = 0;  ///< of a launch with its overhead
  bool failed_ = false;
};

}  // namespace assay::cli::benchmark
