// Access to a device through its worker process. The operands lie in memory that both processes
// share; results are judged by this process, in which no code of a vendor runs.
#pragma once

#include <functional>
#include <optional>

#include "harness/measure/device_access.h"
#include "harness/worker/worker_process.h"

namespace assay::harness::worker {

class WorkerAccess : public measure::DeviceAccess {
 public:
  /// The process must outlive this object.
  explicit WorkerAccess(WorkerProcess& process) : process_(process) {}

  /// The time that all further calls together may take, and what is called at least every second
  /// while they wait.
  void expect(double timeout_seconds, std::function<void()> waits = {}) {
    patience_ = patience_of(timeout_seconds);
    waits_ = std::move(waits);
  }

  void allocate(const measure::HostOperands& operands) override;
  std::uint64_t upload_inputs() override;
  void upload(std::span<const measure::OperandPart> parts) override;
  void download(std::span<const measure::OperandPart> parts) override;
  void prepare(const measure::Task& task) override;
  results::record::Properties details() override;
  measure::Launched launch(std::uint32_t count, assay_mode mode) override;
  std::optional<measure::Reading> read_sensors() override;
  void release() override;
  /// Does it on another thread, calls meanwhile what expect() was given, and throws Interrupted,
  /// after the worker and the work were ended, if the user asks to stop.
  void carry_out(const std::function<void()>& work) override;
  /// Whether the process with the buffers has ended.
  bool lost() const override { return process_.starts() != start_ || !process_.runs(); }

  /// Forgets what the worker has, so that the next allocate() sends the operands.
  void forget() { number_ = 0; }

 private:
  template <typename Wanted>
  Wanted ask(const Request& request) {
    return process_.ask_for<Wanted>(request, patience_, waits_);
  }
  /// The same for a request that needs the buffers. Throws if their process has ended.
  template <typename Wanted>
  Wanted ask_with_buffers(const Request& request);

  WorkerProcess& process_;
  Patience patience_;
  std::function<void()> waits_;
  std::uint64_t number_ = 0;  ///< of the operands that the worker has buffers for; 0: none
  std::uint64_t start_ = 0;   ///< the process that has them
  bool prepared_ = false;     ///< prepare() has succeeded with them
};

}  // namespace assay::harness::worker
