// A worker process that is started on demand and restarted after it has ended, and the exchange of
// requests and answers with it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/worker/child.h"
#include "harness/worker/messages.h"
#include "harness/worker/published.h"

namespace assay::harness::worker {

/// How workers are started; the same for all devices.
struct WorkerSettings {
  std::filesystem::path executable = "/proc/self/exe";
  unsigned threads = 0;
  bool tune = false;
  double open_timeout_seconds = 30;
  double question_timeout_seconds = 10;
};

/// How long an answer may take.
struct Patience {
  double deadline = 0;  ///< by measure::seconds_now()
  double total = 0;     ///< seconds that were given in all, for the text of the failure
};
Patience patience_of(double seconds);

class WorkerProcess {
 public:
  WorkerProcess(WorkerSettings settings, results::record::DeviceIdentity device, std::string module,
                const Interrupt* interrupt, std::vector<Published> pretended);

  const WorkerSettings& settings() const { return settings_; }
  const std::string& module() const { return module_; }
  const Interrupt* interrupt() const { return interrupt_; }
  const std::vector<Published>& pretended() const { return pretended_; }

  /// Sends a request, after starting the process if none runs, and returns its answer, which is not
  /// Failed. Throws measure::DeviceFailure: with the status of a Failed answer; crashed if the
  /// process has ended; timeout; error if the answer was wrong, and from then on always. Then the
  /// process is ended, as it is if the answer says that the device is lost. `waits` is called at
  /// least every second.
  Answer ask(const Request& request, Patience patience, const std::function<void()>& waits = {},
             std::span<const int> descriptors = {});
  /// The same for a request whose answer must be a `Wanted`.
  template <typename Wanted>
  Wanted ask_for(const Request& request, Patience patience, const std::function<void()>& waits = {},
                 std::span<const int> descriptors = {}) {
    Answer answer = ask(request, patience, waits, descriptors);
    if (Wanted* wanted = std::get_if<Wanted>(&answer)) return std::move(*wanted);
    refuse(wrong_kind(request));
  }
  /// Calls `requirement`; if it throws WrongAnswer, sets the device aside and throws DeviceFailure.
  void require(const std::function<void()>& requirement);
  /// Why the device is no longer used: its worker gave a wrong answer. Empty as long as it is used.
  const std::string& set_aside() const { return set_aside_; }
  /// Asks the process to end by itself, and ends it if it has not done so in time.
  void leave(Patience patience);

  /// Starts the process and opens the device, if none runs. Throws measure::DeviceFailure.
  void open();
  bool runs() const { return child_.has_value(); }
  /// Ends the process; the next request starts a new one.
  void stop() { child_.reset(); }
  /// The number of processes started so far.
  std::uint64_t starts() const { return starts_; }
  /// CPU seconds of the process that runs; nullopt if none does or the kernel does not tell.
  std::optional<double> cpu_seconds() const {
    return child_ ? child_->cpu_seconds() : std::nullopt;
  }

 private:
  struct Reply;
  /// The next answer, or why there is none.
  Reply receive(double timeout_seconds);
  /// Ends the process. Returns a description of how it ended.
  std::string end(const Reply& reply);
  void send(const Request& request, std::span<const int> descriptors);
  /// Ends the process after a wrong answer and sets the device aside. Returns the reason.
  std::string set_aside_for(const std::string& why);
  /// The same as an exception.
  [[noreturn]] void refuse(const std::string& why);
  static std::string wrong_kind(const Request& request);

  WorkerSettings settings_;
  results::record::DeviceIdentity device_;  ///< as listed
  std::string module_;
  const Interrupt* interrupt_;
  std::vector<Published> pretended_;
  std::optional<Child> child_;
  std::uint64_t starts_ = 0;
  std::uint64_t number_ = 0;             ///< of the last request to any process
  std::uint64_t number_of_request_ = 0;  ///< of the last request to this process, from 1
  std::string set_aside_;
};

/// Environment variables of every worker, unless the user has set them. They keep waiting threads
/// from spinning on cores on which another library's kernels are timed.
std::map<std::string, std::string> worker_environment();

/// Starts a worker with these options. Throws Error.
Child start_worker(const WorkerSettings& settings, const WorkerOptions& options);
/// Describes how a worker ended instead of answering.
std::string ending(Child& child);
/// Parses an answer. Throws WrongAnswer if the line is none or is not bounded.
Answer parsed_answer(const std::string& line);

}  // namespace assay::harness::worker
