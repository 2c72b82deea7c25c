// The parent's handle on a device: it measures in this process, through a worker process that is
// started on demand and restarted after it has ended.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "harness/measure/prepared_problem.h"
#include "harness/worker/worker_access.h"
#include "harness/worker/worker_process.h"
#include "results/record/record.h"

namespace assay::harness::worker {

/// Asks all modules for their devices in parallel, each in a separate process. The report of a
/// module says if it is damaged, crashed or did not answer in time. The timeout allows for drivers
/// of several devices, which take seconds to initialise if no other process has them open.
std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds = 10);

/// The same of the modules with these names.
std::vector<ModuleReport> probe_named(const WorkerSettings& settings,
                                      const std::set<std::string>& names,
                                      double timeout_seconds = 10);

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
    return {process_->settings(), std::move(device), process_->module(), process_->interrupt(),
            process_->pretended()};
  }

  /// The implementations that the device offers for a problem. Throws assay::Error if it does not
  /// answer.
  std::vector<measure::Offer> implementations(const kernels::Problem& problem);

  /// Why the device is no longer used: its worker gave an answer that does not fit the request
  /// (answer_check.h). Empty as long as it is used. Every later request fails with this reason.
  const std::string& set_aside() const { return process_->set_aside(); }

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
  /// Reads the sensors of the device with the prepared task; absent if it has none. Throws Error.
  std::optional<measure::Reading> read_sensors(double timeout_seconds);
  /// Overwrites random parts of the outputs. Throws Error; then nothing is prepared any more.
  void overwrite_outputs(double timeout_seconds);
  /// Downloads and compares these parts, or the whole outputs, twice if `again`. Throws Error.
  measure::Seen look_at_outputs(bool whole, bool again, double timeout_seconds);
  /// Judges the outputs of the last look at whole ones, by few samples if `brief`. The returned
  /// measurement contains only the check.
  measure::Measurement judge_outputs(bool brief, double timeout_seconds);
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

  /// Ends the process; the next request starts a new one.
  void stop();

 private:
  measure::PreparedProblem problem_of(const measure::Task& task);
  /// The prepared task; throws Error if there is none.
  measure::PreparedProblem& prepared(double timeout_seconds);
  /// Runs `steps` with the prepared task; after an Error nothing is prepared any more.
  template <typename Steps>
  std::invoke_result_t<const Steps&, measure::PreparedProblem&> with_prepared(
      double timeout_seconds, const Steps& steps);
  /// Runs `steps`, which fill in `out`, after the process has started; a failure sets the status
  /// and the reason of `out`, with `phase`.
  void carry_out(measure::Measurement& out, const std::string& phase,
                 const std::function<void()>& steps);
  /// Asks a question that needs no prepared task. Throws Error.
  template <typename Wanted>
  Wanted ask_for(const Request& request, double timeout_seconds);
  /// Requires what an answer must fulfil; if it does not, sets the device aside and throws Error.
  void checked(const std::function<void()>& requirement);

  results::record::DeviceIdentity device_;
  std::optional<measure::Place> place_;  ///< of the process that has joined other ranks
  // In this order, since each refers to those above it.
  std::unique_ptr<WorkerProcess> process_;
  std::unique_ptr<WorkerAccess> access_;
  std::unique_ptr<measure::HostOperands> operands_;  ///< of the problem measured last
  std::unique_ptr<measure::PreparedProblem> prepared_;
};

}  // namespace assay::harness::worker
