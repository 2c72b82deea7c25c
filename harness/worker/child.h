// A worker process and the exchange of lines with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/worker/line_channel.h"
#include "results/process/descriptor.h"

namespace assay::harness::worker {

/// How a process ended.
struct Exit {
  int code = 0;
  int signal = 0;            ///< 0 if it ended by itself
  std::string text() const;  ///< "SIGABRT", "exit code 3"
};

/// The first bytes of a child's output that are kept; more are refused.
inline constexpr std::size_t kMostOutputBytes = std::size_t{16} << 20;

/// The descriptor of the worker's end of the channel to its parent.
inline constexpr int kWorkerDescriptor = 3;

/// A child process with a socket as its descriptor 3. Its stdout and stderr are captured. The
/// destructor kills it, and it ends when this process ends; the processes that it started end with
/// it.
class Child {
 public:
  /// Adds the variables of `environment` that this process's environment lacks. Throws Error if the
  /// program cannot be started.
  static Child start(const std::filesystem::path& executable,
                     const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment);
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();

  /// Sends one line. The next receive() reports a child that has ended.
  void send(const std::string& line, std::span<const int> descriptors = {}) {
    channel_.send(line, 30, descriptors);
  }
  /// CPU seconds of all its threads so far; nullopt if it has ended or the kernel does not tell.
  std::optional<double> cpu_seconds() const;

  using Event = LineChannel::Event;
  /// Waits up to `timeout_seconds` for a line. Throws Interrupted if `interrupt` has a signal.
  Event receive(std::string& line, double timeout_seconds, const Interrupt* interrupt = nullptr) {
    return channel_.receive(line, timeout_seconds, interrupt, end_.get());
  }
  /// Sets the length in bytes beyond which a line ends the conversation, and tells whether one did.
  void limit(std::size_t most_bytes) { channel_.limit(most_bytes); }
  bool overfull() const { return channel_.overfull(); }

  /// Whether the process has ended by itself.
  bool has_ended() const;
  /// Kills the process if it still runs, and reaps it. After ten seconds it stops waiting and
  /// reports the process as killed.
  Exit finish();
  /// The last line that the process wrote to stdout or stderr, as one clean line
  /// (measure::foreign_text); empty if there is none.
  std::string last_output() const;
  /// Whether the process wrote more than kMostOutputBytes, or as much; the rest was lost.
  bool output_is_cut() const;

 private:
  Child() = default;
  pid_t process_ = -1;
  LineChannel channel_;
  results::process::Descriptor output_;
  results::process::Descriptor end_;  ///< of the process: readable when it has ended
  Exit exit_;
};

}  // namespace assay::harness::worker
