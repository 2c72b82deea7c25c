// The parent's handle on a device: a worker process that is started on demand and restarted after
// it has ended.
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

/// How workers are started; the same for all devices.
struct WorkerSettings {
  std::filesystem::path executable = "/proc/self/exe";
  unsigned threads = 0;
  bool tune = false;
  double open_timeout_seconds = 30;
  double question_timeout_seconds = 10;
};

/// Environment variables of every worker, unless the user has set them. They keep waiting threads
/// from spinning on cores on which another library's kernels are timed.
std::map<std::string, std::string> worker_environment();

/// Asks all modules for their devices in parallel, each in a separate process. The report of a
/// module says if it is damaged, crashed or did not answer in time. The timeout allows for drivers
/// of several devices, which take seconds to initialise if no other process has them open.
std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds = 10);

/// The same of the modules in one folder.
std::vector<ModuleReport> probe_folder(const WorkerSettings& settings,
                                       const std::filesystem::path& folder,
                                       double timeout_seconds = 10);

/// Asks one module for modelled devices of these systems, in a separate process.
ModuleReport probe_pretended(const WorkerSettings& settings, const backends::ModuleFile& module,
                             const std::vector<Published>& systems, double timeout_seconds = 10);

class DeviceWorker {
 public:
  using PhaseObserver = std::function<void(const std::string& phase)>;

  /// `pretended` are the systems that were given to the module when it listed the device.
  DeviceWorker(WorkerSettings settings, results::record::DeviceIdentity device, std::string module,
               const Interrupt* interrupt, std::vector<Published> pretended = {});

  const results::record::DeviceIdentity& device() const { return device_; }
  /// The same worker with another description of its device.
  DeviceWorker as(results::record::DeviceIdentity device) const {
    return {settings_, std::move(device), module_, interrupt_, pretended_};
  }

  /// The implementations that the device offers for a problem. Throws assay::Error if it does not
  /// answer.
  std::vector<measure::Offer> implementations(const kernels::Problem& problem);

  /// Measures a task. Always returns a measurement: a crash, a hang or a failure sets its status.
  /// Only Interrupted is thrown, after the worker was killed. `on_phase` is called when a phase
  /// begins, and again with the current phase at least every second.
  measure::Measurement measure(const measure::Task& task, double timeout_seconds,
                               const PhaseObserver& on_phase);

  /// Prepares and verifies the task, so that launch() can time it, and returns the measurement so
  /// far. Releases what was prepared before.
  measure::Measurement prepare(const measure::Task& task, double timeout_seconds);
  /// Launches the prepared task. Throws Error if the device failed, crashed or hung; then nothing
  /// is prepared any more.
  std::vector<assay_launch> launch(std::uint32_t count, results::record::Mode mode,
                                   double timeout_seconds);
  /// Compares the output of the last launch with the verified one. The returned measurement
  /// contains only the result of this comparison.
  measure::Measurement check(double timeout_seconds);

  /// The bytes that the devices of other ranks need to find this one; called on rank 0. Throws
  /// Error if the module does not support collectives.
  std::vector<std::byte> unique_id();
  /// Makes the device rank `rank` of `ranks`; returns when all have joined. prepare(), launch() and
  /// check() then take problems with this number of ranks, use this rank's parts of the operands,
  /// and must be called on all ranks. If joining fails or takes longer, ends the worker and throws
  /// Error.
  void join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
            double timeout_seconds);
  /// Leaves the other ranks and lets the worker end by itself, as communication libraries require;
  /// a worker that has not ended in time is killed. Must be called on all ranks. Does nothing if no
  /// worker runs.
  void leave(double timeout_seconds);

  /// Answers a request of any kind like the functions above, and throws Error like them.
  Answer answer(const Request& request, double timeout_seconds);

  /// Ends the process; the next request starts a new one.
  void stop() { child_.reset(); }

 private:
  struct Reply;
  void start();
  /// The next answer, or why there is none.
  Reply receive(double timeout_seconds);
  /// Ends the process. Returns a description of how it ended.
  std::string end(const Reply& reply);
  /// Sends a request and waits for its answer. Throws Error if the answer is Failed or there is
  /// none; a worker that does not answer is ended.
  Answer ask(const Request& request, double timeout_seconds);
  /// The same for a request whose answer must be a `Wanted`.
  template <typename Wanted>
  Wanted ask_for(const Request& request, double timeout_seconds);
  /// Sends a request whose answer is a measurement. Throws nothing but Interrupted.
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
