// The parent's handle on a device: a worker process, started when needed and again after it died.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/child.h"
#include "harness/worker/messages.h"
#include "harness/worker/published.h"
#include "results/record/record.h"

namespace assay::harness::worker {

/// How workers are started, for all devices alike.
struct WorkerSettings {
  std::filesystem::path executable = "/proc/self/exe";
  unsigned threads = 0;
  bool tune = false;
  double open_timeout_seconds = 30;
  double question_timeout_seconds = 10;
};

/// Set for every worker where the person has not set it: threads that wait must not spin on the
/// cores that another library's kernels are being timed on.
std::map<std::string, std::string> worker_environment();

/// Asks every module for its devices, each in a process of its own, all at once. A module that is
/// damaged, crashes or has not answered in time says so in its report. Drivers of several devices
/// that nobody else holds open take seconds to wake.
std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds = 10);

/// Asks one module for the devices that it pretends of these systems, in a process of its own.
ModuleReport probe_pretended(const WorkerSettings& settings, const backends::ModuleFile& module,
                             const std::vector<Published>& systems, double timeout_seconds = 10);

class DeviceWorker {
 public:
  using PhaseObserver = std::function<void(const std::string& phase)>;

  /// `pretended` are the systems that the module was asked to pretend when it named the device.
  DeviceWorker(WorkerSettings settings, results::record::DeviceIdentity device, std::string module,
               const Interrupt* interrupt, std::vector<Published> pretended = {});

  const results::record::DeviceIdentity& device() const { return device_; }
  /// The same worker for the device as it is described here.
  DeviceWorker as(results::record::DeviceIdentity device) const {
    return {settings_, std::move(device), module_, interrupt_, pretended_};
  }

  /// What the device offers for a problem. Throws assay::Error where it cannot be asked.
  std::vector<measure::Offer> implementations(const kernels::Problem& problem);

  /// Has the measurement made. Always returns one: a crash, a hang and a failure are statuses. Only
  /// Interrupted is thrown, after the worker was killed. `on_phase` is told each phase as it
  /// begins, and the present one again at least every second.
  measure::Measurement measure(const measure::Task& task, double timeout_seconds,
                               const PhaseObserver& on_phase);

  /// Has the problem prepared and verified once, so that launch() may time it; the measurement says
  /// what came of that. What was prepared before is dropped.
  measure::Measurement hold(const measure::Task& task, double timeout_seconds);
  /// Launches what is held. Throws Error where the device failed, crashed or hung; nothing is held
  /// then.
  std::vector<assay_launch> launch(std::uint32_t count, results::record::Mode mode,
                                   double timeout_seconds);
  /// Compares the output of the last launch with the verified one. The measurement says what that
  /// found, and nothing else.
  measure::Measurement check(double timeout_seconds);

  /// What other ranks' devices need to find this one, as bytes; asked on rank 0. Throws Error where
  /// the module's devices do not work together.
  std::vector<std::byte> unique_id();
  /// Makes the device rank `rank` of `ranks`; returns when all have joined. hold(), launch() and
  /// check() then take problems of as many ranks, with this rank's parts of the operands, and are
  /// called on all ranks alike. Throws Error where it fails or takes longer; the worker is ended.
  void join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
            double timeout_seconds);
  /// Undoes it, on all ranks, and lets the worker end by itself, as communication libraries need
  /// it; it is killed where it has not ended in time. Does nothing where no worker runs.
  void leave(double timeout_seconds);

  /// Answers a request as the functions above do, whatever its kind. Throws Error as they do.
  Answer answer(const Request& request, double timeout_seconds);

  /// Ends the process; the next request starts another.
  void stop() { child_.reset(); }

 private:
  struct Reply;
  void start();
  /// The next answer, or why there is none.
  Reply receive(double timeout_seconds);
  /// Ends the process; how it ended, in words.
  std::string end(const Reply& reply);
  /// Sends a request and waits for its answer. Throws Error where the answer is Failed or there is
  /// none; a worker that has not answered is ended.
  Answer ask(const Request& request, double timeout_seconds);
  /// The same for a request that is answered with `Wanted`.
  template <typename Wanted>
  Wanted ask_for(const Request& request, double timeout_seconds);
  /// Sends a request whose answer is a measurement. Never throws but Interrupted.
  measure::Measurement await_measurement(const Request& request, double timeout_seconds,
                                         const PhaseObserver& on_phase);

  WorkerSettings settings_;
  results::record::DeviceIdentity device_;
  std::string module_;
  const Interrupt* interrupt_;
  std::vector<Published> pretended_;
  std::optional<Child> child_;
};

}  // namespace assay::harness::worker
