// A worker process and the line-by-line conversation with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/worker/line_channel.h"
#include "results/process/descriptor.h"

namespace assay::harness::worker {

/// How a process ended.
struct Exit {
  int code = 0;
  int signal = 0;            ///< 0 where it ended by itself
  std::string text() const;  ///< "SIGABRT", "exit code 3"
};

/// The descriptor under which a worker finds its end of the conversation.
inline constexpr int kWorkerDescriptor = 3;

/// A child process with a socket as its descriptor 3; what it writes to stdout and stderr is kept.
/// It is killed when this object goes, and by the kernel when this process dies.
class Child {
 public:
  /// `environment` is set on top of this process's own, for names that it lacks. Throws Error where
  /// the program cannot be started.
  static Child start(const std::filesystem::path& executable,
                     const std::vector<std::string>& arguments,
                     const std::map<std::string, std::string>& environment);
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  ~Child();

  /// One line. A child that is gone is noticed by the next receive().
  void send(const std::string& line) { channel_.send(line); }

  using Event = LineChannel::Event;
  /// Waits up to `timeout_seconds` for a line. Throws Interrupted when `interrupt` fires.
  Event receive(std::string& line, double timeout_seconds, const Interrupt* interrupt = nullptr) {
    return channel_.receive(line, timeout_seconds, interrupt);
  }

  /// Kills it if it still runs, and reaps it; after ten seconds it is given up as killed.
  Exit finish();
  /// Last line that it wrote to stdout or stderr; empty where it wrote none.
  std::string last_output() const;

 private:
  Child() = default;
  pid_t process_ = -1;
  LineChannel channel_;
  results::process::Descriptor output_;
  Exit exit_;
};

}  // namespace assay::harness::worker
